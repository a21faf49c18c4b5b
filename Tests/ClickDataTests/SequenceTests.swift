import Foundation
import TestSupport
import Testing

@testable import ClickData

/// Columns that hold several values, `a|b|c`.
@Suite struct SequenceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func field(
    _ name: String = "g", pooling: SequenceRule.Pooling = .sum, most: Int = 4,
    splitter: String = "|", keeping truncation: SequenceRule.Truncation = .last
  ) -> DatasetSettings.Field {
    .init(
      name: name, kind: .sequence,
      sequence: SequenceRule(maxLength: most, pooling: pooling, truncation: truncation),
      splitter: splitter)
  }

  private func dataset(
    _ lines: [String], _ fields: [DatasetSettings.Field],
    features: FeatureSettings = Sample.fixed, cache: CacheFolder? = nil
  ) throws -> Dataset {
    let path = try folder.write("t.csv", lines.map { $0 + "\n" }.joined())
    return try Dataset(
      settings: Sample.delimited([path], fields: fields), features: features, cache: cache)
  }

  private func ids(_ texts: [String], field: String = "g") -> [UInt32] {
    texts.map { naiveHashID(field, $0, 1000) }
  }

  @Test func everyValueHasAnIdAndAWeightForItsPooling() throws {
    for (pooling, half) in [(SequenceRule.Pooling.mean, Float(0.5)), (.sum, 1)] {
      let rows = try dataset(["y,g,c", "1,a|b,x", "0,a,y"], [field(pooling: pooling)]).rows()
      #expect(rows.map(\.sequences) == [[ids(["a", "b"])], [ids(["a"])]])
      #expect(rows.map(\.weights) == [[[half, half]], [[1]]])
    }
  }

  @Test func missingValuesAreRowZeroAndEmptyOnesAreSkipped() throws {
    let rows = try dataset(["y,g", "1,", "0,|", "1,|a||b|"], [field()]).rows()
    #expect(rows.map(\.sequences) == [[[0]], [[0]], [ids(["a", "b"])]])
    #expect(rows.map(\.weights) == [[[1]], [[1]], [[1, 1]]])
  }

  @Test func theLastValuesOfALongerRowAreUsedUnlessTheFirstAreAskedFor() throws {
    let lines = ["y,g", "1,a|b|c|d|e", "0,|||||d", "1,a|b||c|d|", "1,a|b|c|d|e|f|g"]
    for (truncation, expected) in [
      (SequenceRule.Truncation.last, ["c d e", "d", "b c d", "e f g"]),
      (.first, ["a b c", "d", "a b c", "a b c"]),
    ] {
      let rows = try dataset(
        lines, [field(pooling: .mean, most: 3, keeping: truncation)]
      ).rows()
      #expect(
        rows.map(\.sequences)
          == expected.map { [ids($0.split(separator: " ").map(String.init))] })
      #expect(rows[0].weights == [[Float(1) / 3, Float(1) / 3, Float(1) / 3]])
    }
  }

  /// Longer and shorter rows than there is room for, against the suffix and prefix of an array.
  @Test func longerRowsAreCutAsAnArrayWouldBe() throws {
    for room in 1...5 {
      let values = (0..<12).map { length in (0..<length).map { "v\($0)" } }
      for truncation in SequenceRule.Truncation.allCases {
        let rows = try dataset(
          ["y,g"] + values.dropFirst().map { "1,\($0.joined(separator: "|"))" },
          [field(most: room, keeping: truncation)]
        ).rows()
        for (row, values) in zip(rows, values.dropFirst()) {
          let kept = truncation == .last ? values.suffix(room) : values.prefix(room)
          #expect(row.sequences == [ids(Array(kept))])
        }
      }
    }
  }

  @Test(arguments: [
    (#"["a","b"]"#, ["a", "b"]), ("[1,2]", ["1", "2"]), ("[]", []),
    ("[ 1.5 , -2e3 ]", ["1.5", "-2e3"]),
    (#"["a", null, "b,c", ""]"#, ["a", "b,c"]),
    (#"["say \"x\"", "\u00dc\ud83d\ude42", "a\\b"]"#, ["say \"x\"", "Ü🙂", "a\\b"]),
    ("['a', 'b c', None, nan]", ["a", "b c"]), ("[true, False]", ["true", "False"]),
    (#"["a"|"b"]"#, [#"["a""#, #""b"]"#]), ("[a|b]", ["[a", "b]"]), ("[1,,2]", ["[1,,2]"]),
    ("[1,2", ["[1,2"]), ("[[1],2]", ["[[1],2]"]), (#"["a]"#, [#"["a]"#]), ("[,]", ["[,]"]),
  ])
  func jsonListsAreReadAsTheirItems(text: String, items: [String]) throws {
    let quoted = "\"\(text.replacing("\"", with: "\"\""))\""
    let rows = try dataset(["y,g", "1,\(quoted)", "0,x"], [field()])
      .rows()
    #expect(rows[0].sequences == [items.isEmpty ? [0] : ids(items)])
  }

  @Test func aJsonListIsCutLikeAnyOther() throws {
    let rows = try dataset(["y,g", "1,\"[1,2,3,4,5]\""], [field(most: 2)]).rows()
    #expect(rows[0].sequences == [ids(["4", "5"])])
  }

  @Test func encodersOfVersionsThatKeptTheFirstValuesStillDo() throws {
    let encoder = FittedEncoder(
      format: .delimited, label: "y",
      fields: [FittedField(name: "g", encoding: .hash(buckets: 7), sequence: SequenceRule())])
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("\"truncate\" : \"last\""))
    // Version 3 had neither this key nor a seal.
    let lines = text.split(separator: "\n").filter {
      !$0.contains("\"truncate\"") && !$0.contains("\"seal\"")
    }
    let old = lines.joined(separator: "\n").replacing("\"mean\",", with: "\"mean\"")
      .replacing("\"version\" : 4", with: "\"version\" : 3")
    let read = try FittedEncoder(contentsOf: try folder.write("old.json", old))
    #expect(read.fields[0].sequence?.truncation == .first)
  }

  @Test func theSplitterMayBeAnyCharacterAndTheColumnQuoted() throws {
    let rows = try dataset(
      ["y,g,h", "1,\"a,b\",p q"], [field(splitter: ","), field("h", splitter: " ")]
    ).rows()
    #expect(rows[0].sequences == [ids(["a", "b"]), ids(["p", "q"], field: "h")])
  }

  @Test func aVocabularyCountsEveryValue() throws {
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 2)
    let dataset = try dataset(
      ["y,g", "1,b|a", "0,b", "1,a|b|c", "0,"], [field()], features: features)
    // b occurs three times, a twice, c once; other values have the last id, and no value is row 0.
    #expect(try dataset.fit().schema.map(\.rows) == [4])
    #expect(try dataset.rows().map(\.sequences) == [[[1, 2]], [[1]], [[2, 1, 3]], [[0]]])
  }

  @Test func bucketsAreSizedByTheValues() throws {
    var features = FeatureSettings()
    features.categorical = .autoHash(maxBuckets: 1_000_000)
    let lines = ["y,g"] + (0..<50).map { "1,v\($0)|v\($0 + 50)" }
    let encoder = try dataset(lines, [field()], features: features).fit()
    #expect(encoder.schema[0].distinct == 100)
    #expect(encoder.schema[0].rows == 1601)
  }

  /// Rows with different numbers of values, read in batches of any size and in any order.
  @Test(arguments: [1, 3, 16, 100])
  func batchesOfAnySizeHoldTheSameRows(batchSize: Int) throws {
    let lines = (0..<70).map { row in
      "\(row % 2),\((0..<row % 6).map { "v\(row * 7 + $0)" }.joined(separator: "|")),c\(row % 5)"
    }
    let dataset = try dataset(
      ["y,g,c"] + lines, [field(), .init(name: "c", kind: .categorical)])
    let expected = (0..<70).map { row in
      row % 6 == 0 ? [0] : ids((0..<row % 6).suffix(4).map { "v\(row * 7 + $0)" })
    }
    let rows = try dataset.rows(batchSize: batchSize)
    #expect(rows.map { $0.sequences[0] } == expected)
    let shuffled = try dataset.rows(
      batchSize: batchSize, order: .shuffled(seed: 1, epoch: 0, bufferRows: 20))
    #expect(shuffled != rows)
    #expect(shuffled.sorted { $0.position < $1.position } == rows)
  }

  @Test func encodedRowsAreTheSameFromACache() throws {
    let lines = ["y,g,n,c"] + (0..<40).map { "1,a\($0)|b|c\($0 % 3),\($0),x\($0)" }
    let fields = [field(pooling: .mean), .init(name: "c", kind: .categorical)]
    let cache = { CacheFolder(folder.path + "/cache", writes: true) { _ in } }
    let first = try dataset(lines, fields, cache: cache()).rows()
    let dataset = try dataset(lines, fields, cache: cache())
    #expect(try dataset.rows() == first)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache")
    let npy = try #require(names.first { $0.hasSuffix(".npy") })
    let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/cache/\(npy)"))
    let header = String(decoding: bytes.prefix(512), as: UTF8.self)
    #expect(header.contains("('g', '<u4'), ('c', '<u4'), ('g.ids', '<u4', (4,))"))
    #expect(header.contains("('g.weights', '<f4', (4,)), ('label', '<f4')"))
  }

  /// The splitter changes the rows of a text, so that it is part of the recipe.
  @Test func anotherSplitterHasAnotherCache() throws {
    let recipes = ["|", " "].map { splitter in
      TextFormat(
        Sample.delimited([], fields: [field(splitter: splitter)]), label: "y", fields: ["g"]
      ).description
    }
    #expect(recipes[0] != recipes[1])
  }

  @Test func theRuleIsSavedWithTheEncoder() throws {
    let encoder = FittedEncoder(
      format: .delimited, label: "y",
      fields: [
        FittedField(
          name: "g", encoding: .hash(buckets: 7),
          sequence: SequenceRule(maxLength: 3, pooling: .sum))
      ])
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    #expect(try FittedEncoder(contentsOf: path) == encoder)
    #expect(encoder.schema[0].maxValues == 3 && encoder.schema[0].kind == .sequence)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new) in [("\"sum\"", "\"max\""), ("\"max_len\" : 3", "\"max_len\" : 0")] {
      let damaged = try folder.write("d.json", DocumentSeal.sealed(text.replacing(old, with: new)))
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: damaged) }.contains(
          "the encoding of field \"g\" is not one that can be read"))
    }
  }

  @Test func anInspectionCountsValues() throws {
    let lines = ["y,g", "1,a|b", "0,a", "1,", "0,a|c|b", "1,a|b"]
    let dataset = try dataset(lines, [field()])
    let found = try dataset.inspection()
    #expect(found.summary.fields[0].distinct == 3)
    #expect(found.summary.fields[0].missing == 1)
    #expect(
      found.fields[0].top == [
        FrequentValue(text: "a", count: 4), FrequentValue(text: "b", count: 3),
        FrequentValue(text: "c", count: 1),
      ])
    // c is one of the eight values that occur.
    #expect(found.fields[0].rare[0].rows == 1.0 / 8)
    #expect(found.duplicateRows == 1)
    #expect(found.sample.key(0, field: 0) == found.sample.key(4, field: 0))
    #expect(found.sample.key(0, field: 0) != found.sample.key(3, field: 0))
    #expect(found.sample.key(2, field: 0) == RowSample.blank)
  }

  @Test func impossibleSequencesAreRefused() throws {
    for (change, expected) in [
      (field(most: 0), "expected a max_len of 1 to 4096, found 0"),
      (
        field(splitter: "||"),
        "expected a splitter of one ASCII character that is no quote, digit or line end, found \"||\""
      ),
    ] {
      #expect(sentence { _ = try dataset(["y,g"], [change]) } == "dataset.fields, g: \(expected)")
    }
    var features = Sample.fixed
    features.overrides["g"] = .numeric(.value)
    #expect(
      sentence { _ = try dataset(["y,g"], [field()], features: features).fit() }
        == "features.overrides.g: expected a categorical encoding, found a numeric one; "
        + "the field holds text")
  }
}
