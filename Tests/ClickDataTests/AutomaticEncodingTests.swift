import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// `encoding: auto`, which chooses by what the training rows hold.
@Suite struct AutomaticEncodingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ texts: [String], _ kind: DatasetSettings.Field.Kind, _ rule: AutomaticCategories = .init()
  ) throws -> Dataset {
    let path = try folder.write(
      "t.csv", "y,x\n" + texts.enumerated().map { "\($0 % 2),\($1)\n" }.joined())
    var features = FeatureSettings()
    #expect(features.categorical == .auto(.init()) && features.numeric == .auto)
    features.categorical = .auto(rule)
    return try Dataset(
      settings: Sample.delimited([path], fields: [.init(name: "x", kind: kind)]),
      features: features)
  }

  private func encoding(_ numbers: [Double]) throws -> FittedField.Encoding {
    try dataset(numbers.map { "\($0)" }, .numeric).fit().fields[0].encoding
  }

  /// a occurs three times, b twice; c and d train the row of unseen values; blanks have their own.
  @Test func categoriesGetAVocabularyWhoseUnseenValuesAreTrained() throws {
    let texts = ["a", "b", "a", "c", "", "b", "d", "a"]
    let dataset = try dataset(texts, .categorical)
    #expect(try dataset.rows().map { $0.ids[0] } == [1, 2, 1, 3, 0, 2, 3, 1])
    #expect(try dataset.fit().schema.map(\.rows) == [4])
    #expect(try dataset.fit().schema.map(\.distinct) == [4])
  }

  @Test func fieldsOfMoreValuesAreHashed() throws {
    var rule = AutomaticCategories()
    rule.maxVocabulary = 50
    for (values, isHashed) in [(50, false), (51, true)] {
      let encoder = try dataset((0..<200).map { "v\($0 % values)" }, .categorical, rule).fit()
      #expect((encoder.fields[0].encoding == .hash(buckets: 16 * values)) == isHashed)
    }
    rule.maxBuckets = 99
    let encoder = try dataset((0..<51).map { "v\($0)" }, .categorical, rule).fit()
    #expect(encoder.fields[0].encoding == .hash(buckets: 99))
  }

  /// Spilled counts know their number only when they are merged.
  @Test func spillingChangesNoChoice() throws {
    var rule = AutomaticCategories()
    for limit in [900, 1000] {
      rule.maxVocabulary = limit
      let results = try [nil, try SpillFile(in: folder.path, holding: "counts")].map { file in
        let fit = CategoryFit(rule)
        for value in 0..<2000 {
          var text = Array("value \(value % 1000)".utf8)
          text.withUnsafeMutableBufferPointer { bytes in
            if let start = bytes.baseAddress { fit.take(start, bytes.count) }
          }
          if value % 300 == 0, let file { try fit.spill(to: file) }
        }
        return try fit.encoding(file, ScanCounts(distinct: 1000))
      }
      #expect(results[0] == results[1])
      #expect((results[0] == .hash(buckets: 16_000)) == (limit == 900))
    }
  }

  @Test func aSavedVocabularyKeepsWhatBlanksAre() throws {
    let dataset = try dataset(["a", "", "a"], .categorical)
    let encoder = try dataset.fit()
    try encoder.save(to: "\(folder.path)/fields.json")
    let read = try FittedEncoder(contentsOf: "\(folder.path)/fields.json")
    #expect(read == encoder)
    let rows = try dataset.batches(of: .train, encoder: read, batchSize: 2).allRows()
    #expect(rows.map { $0.ids[0] } == [1, 0, 1])
  }

  /// Counts with a long tail, as Criteo's; −1 may mark what is unknown.
  @Test func countsGetLogBuckets() throws {
    let random = CounterRandom(seed: 1, stream: 0)
    let counts = (0..<20_000 as Range<UInt64>).map { exp(9 * random.uniform($0)).rounded(.down) }
    #expect(try encoding(counts) == .logBucket)
    #expect(try encoding(counts.map { $0 == 1 ? -1 : $0 }) == .logBucket)
  }

  @Test func numbersThatLogBucketsMergeGetQuantiles() throws {
    let random = CounterRandom(seed: 2, stream: 0)
    let draws = (0..<20_000 as Range<UInt64>).map { random.uniform($0) }
    for numbers in [
      // Prices, ages, shares, and numbers around 0.
      draws.map { (exp(3 + $0) * 100).rounded() / 100 }, draws.map { (18 + 60 * $0).rounded() },
      draws, draws.map { (1000 * $0 - 500).rounded() },
    ] {
      guard case .quantile(let edges) = try encoding(numbers) else {
        Issue.record("expected quantiles of \(numbers.prefix(5))")
        continue
      }
      #expect(40...66 ~= edges.rows - 1)
    }
  }

  /// Amounts that few rows have: log buckets of a few rows each could not be trained.
  @Test func thinLogBucketsGiveWayToQuantiles() throws {
    let random = CounterRandom(seed: 3, stream: 0)
    let amounts = (0..<20_000 as Range<UInt64>).map { row in
      row % 20 == 0 ? exp(4 + 8 * random.uniform(row)).rounded() : 0
    }
    guard case .quantile(let edges) = try encoding(amounts) else {
      Issue.record("expected quantiles")
      return
    }
    #expect(edges.edges.first == 0)
  }

  @Test func fewRowsOrFewClicksGetFewBuckets() {
    let found = [(0, 0), (900, 450), (5000, 2500), (1_000_000, 500_000), (1_000_000, 150)].map {
      NumberFit.buckets(rows: $0, rarerLabel: $1)
    }
    #expect(found == [10, 10, 25, 64, 30])
  }
}

/// Buckets of equal shares beside numbers that fill one alone.
@Suite struct BalancedBucketsTests {
  private func edges(_ counts: [(Double, Int)], buckets: Int) -> (edges: [Double], rows: [Int]) {
    var balanced = BalancedBuckets(rows: counts.reduce(0) { $0 + $1.1 }, buckets: buckets)
    for (_, count) in counts { balanced.plan(count) }
    for (number, count) in counts { balanced.add(number, count: count) }
    return (balanced.edges, balanced.counts)
  }

  @Test func equalNumbersAreDividedEqually() {
    let found = edges((0..<100).map { (Double($0), 1) }, buckets: 4)
    #expect(found.edges == [24, 49, 74])
    #expect(found.rows == [25, 25, 25, 25])
  }

  /// 0 fills more than a bucket: its own; the tail has the other three.
  @Test func aFrequentNumberLeavesTheTailTheOtherBuckets() {
    let found = edges([(0, 94), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)], buckets: 4)
    #expect(found.edges == [0, 2, 4])
    #expect(found.rows == [94, 2, 2, 2])
  }

  @Test func aFrequentNumberWithinOthersEndsTheirBucket() {
    let found = edges([(1, 1), (2, 50), (3, 1), (4, 1)], buckets: 3)
    #expect(found.edges == [1, 2])
    #expect(found.rows == [1, 50, 2])
  }

  @Test func oneNumberHasNoEdge() {
    #expect(edges([(7, 9)], buckets: 5).edges == [])
    #expect(edges([], buckets: 5).edges == [])
  }
}
