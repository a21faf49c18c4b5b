import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Vocabularies to which the values of later rows are appended.
@Suite struct VocabularyGrowthTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ texts: [[UInt8]], named name: String, _ categorical: CategoricalEncoding
  ) throws -> Dataset {
    let path = try folder.write(
      name, texts.reduce(Array("y,x\n".utf8)) { $0 + [0x30, 0x2c] + $1 + [0x0a] })
    var features = FeatureSettings()
    features.categorical = categorical
    return try Dataset(settings: Sample.delimited([path]), features: features)
  }

  private func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  /// Some values of each day are those of the day before; several have equal counts.
  private func day(_ day: UInt64) -> [[UInt8]] {
    let random = CounterRandom(seed: 5, stream: day)
    return (0..<800).map { row in
      let (one, two) = (random.uniform(UInt64(row)), random.uniform(UInt64(1000 + row)))
      let value = Int(one * two * 60) + 12 * Int(day)
      return value % 7 == 0 ? [] : Array("v\(value)".utf8)
    }
  }

  private func id(_ text: [UInt8], in vocabulary: Vocabulary) -> UInt32 {
    var text = text
    return text.withUnsafeMutableBufferPointer { text in
      text.baseAddress.map { vocabulary.lookup.id($0, text.count) } ?? 0
    }
  }

  /// Of three days: every id keeps its meaning, and new ones follow by count.
  @Test(arguments: [1, 2, 5])
  func idsMatchANaiveTwinAfterEachGrowth(minCount: Int) throws {
    let encoding = CategoricalEncoding.vocabulary(minCount: minCount)
    var encoder = try dataset(day(0), named: "0.csv", encoding).fit()
    let first = naiveVocabulary(day(0), minCount: minCount)
    var twin = first
    for number in 1...2 {
      let growth = try dataset(day(UInt64(number)), named: "\(number).csv", encoding)
        .grow(encoder)
      let new = naiveVocabulary(
        day(UInt64(number)).filter { !twin.contains($0) }, minCount: minCount)
      #expect(!new.isEmpty)
      twin += new
      #expect(growth.fields == [.init(name: "x", added: new.count, omitted: 0)])
      encoder = growth.encoder
      let path = "\(folder.path)/encoder\(number)/fields.json"
      try encoder.save(to: path)
      #expect(try FittedEncoder(contentsOf: path) == encoder)
      let vocabulary = try #require(encoder.fields[0].encoding.vocabulary)
      #expect(vocabulary.values == twin.map { Data($0) })
      #expect(encoder.schema[0].rows == twin.count + 2)
      #expect(encoder.schema[0].unknownRow == UInt32(first.count + 1))
      for (place, text) in twin.enumerated() {
        let expected = place < first.count ? place + 1 : place + 2
        #expect(id(text, in: vocabulary) == UInt32(expected))
        #expect(vocabulary.ids[place] == expected)
      }
      #expect(id(Array("never".utf8), in: vocabulary) == UInt32(first.count + 1))
    }
  }

  @Test func rowsAreEncodedByTheGrownVocabulary() throws {
    let encoding = CategoricalEncoding.vocabulary(minCount: 1)
    let encoder = try dataset(bytes(["a", "a", "b"]), named: "0.csv", encoding).fit()
    let later = try dataset(bytes(["c", "d", "", "d", "b"]), named: "1.csv", encoding)
    let grown = try later.grow(encoder).encoder
    // a, b, unseen and blank, d, c.
    #expect(
      try later.batches(of: .train, encoder: grown, batchSize: 9).allRows().map { $0.ids[0] }
        == [5, 4, 3, 4, 2])
    #expect(
      try later.batches(of: .train, encoder: encoder, batchSize: 9).allRows().map { $0.ids[0] }
        == [3, 3, 3, 3, 2])
  }

  @Test func anIdOfUnseenValuesThatNoVocabularyHasIsRefused() throws {
    let encoding = CategoricalEncoding.vocabulary(minCount: 1)
    let encoder = try dataset(bytes(["a", "b"]), named: "0.csv", encoding).fit()
    let later = try dataset(bytes(["c"]), named: "1.csv", encoding)
    let path = "\(folder.path)/fields.json"
    try later.grow(encoder).encoder.save(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("\"unknown\" : 3") && text.contains("\"version\" : 5"))
    for unknown in ["0", "-9223372036854775808", "5", "9223372036854775807"] {
      let changed = text.replacing("\"unknown\" : 3", with: "\"unknown\" : \(unknown)")
      let damaged = try folder.write("damaged.json", DocumentSeal.sealed(changed))
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: damaged) }
          == "\(damaged): the encoding of field \"x\" is not one that can be read; restore the file "
          + "or train the run again")
    }
  }

  @Test func anAutomaticVocabularyTakesTheMostFrequentValuesUpToItsLimit() throws {
    var rule = AutomaticCategories()
    (rule.maxVocabulary, rule.minCount) = (4, 1)
    let encoder = try dataset(bytes(["a", "b", "b"]), named: "0.csv", .auto(rule)).fit()
    let later = try dataset(
      bytes(["f", "c", "e", "c", "e", "d", "e"]), named: "1.csv", .auto(rule))
    let growth = try later.grow(encoder)
    #expect(growth.fields == [.init(name: "x", added: 2, omitted: 2)])
    #expect(
      growth.encoder.fields[0].encoding.vocabulary?.values
        == ["b", "a", "e", "c"].map {
          Data($0.utf8)
        })
    // A full vocabulary is not hashed, and stays as it is.
    let again = try later.grow(growth.encoder)
    #expect(again.encoder == growth.encoder)
    #expect(again.fields == [.init(name: "x", added: 0, omitted: 2)])
  }

  @Test func aHashedFieldStaysAsItIs() throws {
    let encoder = try dataset(bytes(["a"]), named: "0.csv", .autoHash(maxBuckets: 99)).fit()
    let later = try dataset(
      (0..<90).map { Array("v\($0)".utf8) }, named: "1.csv", .autoHash(maxBuckets: 99))
    let growth = try later.grow(encoder)
    #expect(growth.encoder == encoder && growth.fields.isEmpty)
  }

  /// The sequence's values count for the owner's vocabulary; edges and means stay.
  @Test func sharedVocabulariesGrowAndNumbersStay() throws {
    func dataset(_ name: String, _ rows: String) throws -> Dataset {
      let path = try folder.write(name, "y,history,item,n,m\n\(rows)")
      var features = FeatureSettings()
      features.categorical = .vocabulary(minCount: 2)
      features.overrides = [
        "n": .numeric(.quantile(buckets: 2)), "m": .numeric(.standardValue),
      ]
      return try Dataset(
        settings: Sample.delimited(
          [path],
          fields: [
            .init(
              name: "history", kind: .sequence, sequence: SequenceRule(maxLength: 4),
              embeddingOf: "item"), .init(name: "item", kind: .categorical),
            .init(name: "n", kind: .numeric), .init(name: "m", kind: .numeric),
          ]), features: features)
    }
    let encoder = try dataset("0.csv", "1,a|a,b,1,1\n0,b,a,2,2\n").fit()
    let growth = try dataset("1.csv", "1,c|d,c,9,9\n0,d|d,e,7,7\n").grow(encoder)
    #expect(growth.fields == [.init(name: "item", added: 2, omitted: 0)])
    #expect(growth.encoder.schema.map(\.rows) == [6, 6, 3, 2])
    #expect(growth.encoder.fields[0].encoding == growth.encoder.fields[1].encoding)
    #expect(growth.encoder.fields[2...] == encoder.fields[2...])
    #expect(growth.encoder.schema.map(\.distinct) == encoder.schema.map(\.distinct))
  }

  @Test func countsThatWereSpilledGiveTheSameVocabulary() throws {
    let base = try dataset(day(0), named: "0.csv", .vocabulary(minCount: 2)).fit()
    let vocabulary = try #require(base.fields[0].encoding.vocabulary)
    let spill = try SpillFile(in: folder.path, holding: "counts")
    let grown = try [false, true].map { spills in
      let fit = VocabularyGrowth(vocabulary, minCount: 2, maxCount: vocabulary.count + 4)
      for (row, text) in day(1).enumerated() where !text.isEmpty {
        var text = text
        text.withUnsafeMutableBufferPointer { text in
          if let base = text.baseAddress { fit.take(base, text.count) }
        }
        if spills, row % 100 == 0 { try fit.spill(to: spill) }
      }
      return try fit.encoding(spills ? spill : nil, ScanCounts())
    }
    #expect(grown[0] == grown[1] && grown[0].vocabulary?.count == vocabulary.count + 4)
  }

  @Test func newAndMissingFieldsAreRefusedAndOthersFoundByName() throws {
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    func dataset(_ text: String) throws -> Dataset {
      try Dataset(
        settings: Sample.delimited([try folder.write("\(text.hashValue).csv", text)]),
        features: features)
    }
    let encoder = try dataset("y,a,b\n1,p,q\n").fit()
    #expect(
      sentence { _ = try dataset("y,a,c,d\n1,p,q,r\n").grow(encoder) }
        == "dataset: found the new fields \"c\", \"d\"; the fields \"b\" are missing; expected the "
        + "fields of the earlier run, whose tables training goes on with; list them in "
        + "dataset.fields, or train from the start")
    let grown = try dataset("y,b,a\n1,t,s\n").grow(encoder).encoder
    #expect(grown.fields.map(\.name) == ["a", "b"])
    #expect(
      grown.fields.map { $0.encoding.vocabulary?.values.last } == [Data("s".utf8), Data("t".utf8)])
  }
}
