import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Splits by the order of a column: `split: {by: COLUMN}`.
@Suite struct OrderSplitTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ values: [String], _ shares: (Double, Double, Double) = (0.8, 0.1, 0.1),
    cache: CacheFolder? = nil, _ change: (inout DatasetSettings) -> Void = { _ in }
  ) throws -> Dataset {
    let lines = values.enumerated().map { "\($0.offset % 2),v\($0.offset),\($0.element)\n" }
    var settings = Sample.delimited([], fields: [.init(name: "a", kind: .categorical)])
    settings.source = [try folder.write("t.csv", "y,a,ts\n" + lines.joined())]
    var split = DatasetSettings.SplitShares()
    split.by = "ts"
    (split.train, split.valid, split.test) = shares
    settings.split = split
    change(&settings)
    var features = FeatureSettings()
    features.categorical = .hash(buckets: 1 << 30)
    return try Dataset(settings: settings, features: features, cache: cache)
  }

  /// The numbers of the rows of a split.
  private func rows(_ dataset: Dataset, _ split: Split, of count: Int) throws -> [Int] {
    let numbers = Dictionary(
      uniqueKeysWithValues: (0..<count).map { (naiveHashID("a", "v\($0)", 1 << 30), $0) })
    return try dataset.rows(of: split).compactMap { numbers[$0.ids[0]] }
  }

  private static func value(_ rank: Int, _ order: Int) -> String {
    switch order {
    case 0: "\(Double(rank) / 4 - 20)"
    case 1: "2026-11-\(10 + rank / 24)T\(10 + rank % 9):00:00"
    case 2: "key \(1000 + rank)"
    default: "\(1_700_000_000 + rank / 7)"
    }
  }

  @Test(arguments: 0..<4)
  func theFirstRowsTrainAndTheLastTest(order: Int) throws {
    let name = ["number", "time", "text", "number"][order]
    // 37 and 200 have no common divisor, so that the order of the lines is another one.
    let ranks = (0..<200).map { $0 * 37 % 200 }
    let values = ranks.map { Self.value($0, order) }
    let dataset = try dataset(values)
    func number(_ text: String) -> Double { Double(text) ?? .nan }
    let sorted = values.indices.sorted { left, right in
      name == "number"
        ? Double(values[left])! < Double(values[right])! : values[left] < values[right]
    }
    let found = try #require(try dataset.splitBoundaries())
    #expect(found.order == name)
    #expect(found.rows.reduce(0, +) == 200)
    var start = 0
    for (split, count) in zip(Split.allCases, found.rows) {
      #expect(try rows(dataset, split, of: 200) == sorted[start..<start + count].sorted())
      start += count
      guard start < 200 else { continue }
      // Rows with equal keys are in one split.
      #expect(values[sorted[start - 1]] != values[sorted[start]])
    }
    #expect(abs(found.rows[0] - 160) <= 4 && abs(found.rows[1] - 20) <= 8)
  }

  @Test func aBoundaryMovesToTheNearestEndOfAGroup() throws {
    // 10 rows of each of 1, 2 and 3: a boundary at 24 of 30 is nearer to 20, at 27 nearer to 30.
    let values = (0..<30).map { "\($0 % 3)" }
    #expect(try dataset(values).splitBoundaries()?.rows == [20, 10, 0])
    #expect(try dataset(values, (0.1, 0.45, 0.45)).splitBoundaries()?.rows == [10, 10, 10])
  }

  @Test func boundariesAreExactWhateverTheMemory() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let distinct = Int.random(in: 1...3000, using: &random)
      let texts = (0..<2000).map { _ in "\(Int.random(in: 0..<distinct, using: &random))" }
      let keys = texts.compactMap { text in
        let chunk = Array(text.utf8).withUnsafeBufferPointer(TextChunk.init(copying:))
        return OrderKey(chunk.bytes, chunk.count, as: .number)
      }
      var passes = 0
      func search(_ maxBins: Int) throws -> SplitSearch.Found? {
        try SplitSearch(maxBins: maxBins) { body in
          passes += 1
          keys.forEach(body)
          return .number
        }.boundaries(at: [0.8, 0.9])
      }
      let exact = try #require(try search(1 << 16))
      #expect(passes == 1)
      let bounded = try #require(try search(16))
      #expect(bounded.ends.map(\.key) == exact.ends.map(\.key))
      #expect(bounded.ends.map(\.rows) == exact.ends.map(\.rows))
      #expect(exact.ends.map(\.rows) == exact.ends.map { end in keys.count { $0 <= end.key } })
    }
  }

  @Test func theBoundariesAreSavedWithTheEncoder() throws {
    let first = try dataset((0..<100).map { "\($0)" })
    let encoder = try first.fit()
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    #expect(try FittedEncoder(contentsOf: path) == encoder)
    #expect(encoder.split?.last == ["79", "89"])
    // More rows of a later day do not move rows from one split to another.
    let later = try dataset((0..<300).map { "\($0)" })
    let stream = try later.batches(
      of: .train, encoder: FittedEncoder(contentsOf: path), batchSize: 64)
    #expect(try stream.allRows().count == 80)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let key = try #require(encoder.split?.keys[0])
    let damaged = try folder.write("d.json", text.replacing(key, with: "x\(key.dropFirst())"))
    #expect(
      sentence { _ = try FittedEncoder(contentsOf: damaged) }.contains("do not have the checksum"))
  }

  @Test func encodedRowsAreCachedPerSplit() throws {
    let values = (0..<100).map { "\($0 * 7 % 100)" }
    let cache = { CacheFolder(folder.path + "/cache", writes: true) { _ in } }
    for split in Split.allCases {
      let text = try dataset(values).rows(of: split)
      #expect(try dataset(values, cache: cache()).rows(of: split) == text)
      #expect(try dataset(values, cache: cache()).rows(of: split) == text)
    }
  }

  @Test func aRowWithoutAValueIsABadRowOfTraining() throws {
    for (value, kind) in [("", "a number"), ("soon", "a number")] {
      let dataset = try dataset(["1", "2", value, "4"])
      #expect(
        sentence { _ = try dataset.rows(of: .train) }.contains(
          "t.csv:4, column 3 (ts): expected \(kind), by which the rows are split, found"))
    }
    let dataset = try dataset((0..<20).map { $0 == 3 ? "" : "\($0)" }) {
      $0.onBadRow = .skip
      $0.maxBadRows = .rows(5)
    }
    #expect(try dataset.splitBoundaries()?.rows == [15, 2, 2])
    #expect(try Split.allCases.map { try dataset.rows(of: $0).count } == [15, 2, 2])
  }

  @Test func aColumnThatTheFileDoesNotHaveIsReported() throws {
    let dataset = try dataset(["1", "2"]) { $0.split?.by = "time" }
    #expect(
      sentence { _ = try dataset.rows(of: .train) }.contains(
        "t.csv:1: expected a column \"time\" in the header, found y, a, ts"))
  }

  @Test func aPartitionDividesItsFiles() throws {
    for day in 1...10 {
      try Folder.make("\(folder.path)/dt=2026-11-\(10 + day)")
      _ = try folder.write("dt=2026-11-\(10 + day)/p.csv", "y,a\n1,v\(day)\n0,w\(day)\n")
    }
    let dataset = try dataset([]) {
      $0.source = [folder.path + "/dt=*"]
      $0.split?.by = "dt"
    }
    #expect(try dataset.splitBoundaries()?.rows == [16, 2, 2])
    #expect(try dataset.splitBoundaries()?.last == ["2026-11-18T00:00:00", "2026-11-19T00:00:00"])
    #expect(try dataset.rows(of: .test).count == 2)
  }
}
