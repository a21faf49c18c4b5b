import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Fields that use the encoding and the table of another one.
@Suite struct SharedTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(
    _ categorical: CategoricalEncoding, overrides: [String: FieldEncoding] = [:],
    historyOf owner: String = "item"
  ) throws -> Dataset {
    let path = try folder.write(
      "t.csv", "y,history,item,other\n1,b|a|b,c,c\n0,,a,x\n1,d|d,,x\n")
    var features = FeatureSettings()
    features.categorical = categorical
    features.overrides = overrides
    let history = DatasetSettings.Field(
      name: "history", kind: .sequence, sequence: SequenceRule(maxLength: 4, pooling: .sum),
      embeddingOf: owner)
    return try Dataset(
      settings: Sample.delimited(
        [path],
        fields: [
          history, .init(name: "item", kind: .categorical),
          .init(name: "other", kind: .categorical),
        ]),
      features: features)
  }

  /// By count: a, b and d occur twice, c once.
  @Test func aSharedVocabularyHoldsTheValuesOfAllItsFields() throws {
    let dataset = try dataset(.vocabulary(minCount: 1))
    let rows = try dataset.rows()
    #expect(rows.map(\.sequences) == [[[2, 1, 2]], [[0]], [[3, 3]]])
    #expect(rows.map { $0.ids[1] } == [4, 1, 5])
    let schema = try dataset.fit().schema
    #expect(schema.map(\.rows) == [6, 6, 4])
    #expect(schema.map(\.embeddingOf) == ["item", nil, nil])
    #expect(schema.map(\.distinct) == [3, 2, 2])
  }

  @Test func sharedHashesDependOnTheOwnersName() throws {
    let rows = try dataset(.hash(buckets: 1000)).rows()
    #expect(rows[0].sequences == [["b", "a", "b"].map { naiveHashID("item", $0, 1000) }])
    #expect(rows[0].ids[1] == naiveHashID("item", "c", 1000))
    #expect(rows[0].ids[2] == naiveHashID("other", "c", 1000))
  }

  /// 3 and 2 distinct values: 16 buckets for each.
  @Test func bucketsAreSizedForTheValuesOfAllFields() throws {
    #expect(try dataset(.autoHash(maxBuckets: 1000)).fit().schema.map(\.rows) == [81, 81, 33])
  }

  @Test(arguments: [CategoricalEncoding.vocabulary(minCount: 1), .hash(buckets: 9), .auto(.init())])
  func aSavedEncoderIsReadBack(encoding: CategoricalEncoding) throws {
    let encoder = try dataset(encoding).fit()
    try encoder.save(to: "\(folder.path)/encoder/fields.json")
    #expect(try FittedEncoder(contentsOf: "\(folder.path)/encoder/fields.json") == encoder)
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/encoder")
    #expect(!files.contains { $0.contains("history") })
  }

  @Test func impossibleOwnersAreRefused() throws {
    let numeric = FieldEncoding.numeric(.value)
    #expect(
      sentence { _ = try dataset(.hash(buckets: 9), historyOf: "items") }
        == "dataset.fields, history: expected embedding_of to be another field of dataset.fields, "
        + "found \"items\"; list it")
    #expect(
      sentence { _ = try dataset(.hash(buckets: 9), historyOf: "history") }
        == "dataset.fields, history: expected embedding_of to be another field of dataset.fields, "
        + "found \"history\"; list it")
    #expect(
      sentence { _ = try dataset(.hash(buckets: 9), overrides: ["item": numeric]).fit() }
        == "dataset.fields, history: expected embedding_of between fields of categories, found "
        + "numbers in \"item\"; choose another field, or a categorical encoding for it")
    let override = FieldEncoding.categorical(.hash(buckets: 8))
    #expect(
      sentence { _ = try dataset(.hash(buckets: 9), overrides: ["history": override]).fit() }
        == "features.overrides.history: has no meaning with embedding_of: item, whose encoding it "
        + "uses; override item")
  }

  @Test func chainsOfOwnersAreRefused() throws {
    let fields = [("a", "b"), ("b", "c"), ("c", nil)].map { name, owner in
      DatasetSettings.Field(name: name, kind: .categorical, embeddingOf: owner)
    }
    #expect(
      sentence {
        _ = try Dataset(settings: Sample.delimited(["t.csv"], fields: fields), features: .init())
      }
        == "dataset.fields, a: expected embedding_of to be a field with its own table, found \"b\", "
        + "which uses that of \"c\"; write embedding_of: c")
  }
}
