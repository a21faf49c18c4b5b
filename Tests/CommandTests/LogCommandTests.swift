import Foundation
import TestSupport
import Testing

/// Logs of other programs, through the program.
@Suite struct LogCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func sfg(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  /// Rows of a label, a user and a time; the label is written by `label`.
  private func log(_ count: Int, from first: Int = 0, label: (Bool) -> String) -> String {
    "label,user,ts\n"
      + (first..<first + count).map { row in
        "\(label(row % 3 == 0)),u\(row % 7),\(1_700_000_000_000 + row * 60_000)\n"
      }.joined()
  }

  private func configure(_ dataset: String) throws {
    _ = try folder.write(
      "c.yaml",
      """
      run: log
      dataset: {format: delimited, label: label, cache: off, \(dataset)}
      features: {categorical: {encoding: hash, buckets: 100}}
      model: {backbone: fm, embedding_dim: 4}
      training: {batch_size: 64, epochs: 1, embedding_update: lazy}
      """)
  }

  @Test func labelsInEverySpellingTrainTheSameModel() throws {
    try configure("fields: [user, ts: timestamp], train: t.csv, valid: v.csv")
    let spellings: [(Bool) -> String] = [
      { $0 ? "1" : "0" }, { $0 ? "1.0" : "0.0" }, { $0 ? "True" : "False" }, { $0 ? "+1" : "-1" },
    ]
    var metrics: Set<String> = []
    for spelling in spellings {
      _ = try folder.write("t.csv", log(200, label: spelling))
      _ = try folder.write("v.csv", log(100, label: spelling))
      let run = try sfg("train --config c.yaml --output r --quiet")
      #expect(run.status == 0, "\(run.errors)")
      metrics.insert(run.output.split(separator: "\n").dropLast().joined(separator: "\n"))
      try FileManager.default.removeItem(atPath: folder.path + "/r")
    }
    #expect(metrics.count == 1)
  }

  @Test func anEmptyPartOfAFolderIsSkippedWithANote() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/spark", withIntermediateDirectories: true)
    _ = try folder.write("spark/part-0.csv", log(100) { $0 ? "1" : "0" })
    _ = try folder.write("spark/part-1.csv", "")
    _ = try folder.write("spark/_SUCCESS", "")
    try configure("fields: [user], train: spark")
    let run = try sfg("train --config c.yaml --output r")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("skipped spark/part-1.csv: it has no rows"))
    #expect(!run.errors.contains("_SUCCESS"))
  }

  @Test func aSplitByTimeIsPrintedRecordedAndUsedAgain() throws {
    _ = try folder.write("t.csv", log(100) { $0 ? "1" : "0" })
    try configure("fields: [user], source: t.csv, split: {by: ts}")
    let line =
      "split by ts (number): 80 rows train, up to 1700004740000; "
      + "10 are for validation, up to 1700005340000; 10 for the test"
    let inspect = try sfg("inspect --config c.yaml")
    #expect(inspect.output.contains(line), "\(inspect.output) \(inspect.errors)")
    let run = try sfg("train --config c.yaml --output r")
    #expect(run.status == 0 && run.errors.contains(line), "\(run.errors)")
    _ = try folder.write("t.csv", log(200) { $0 ? "1" : "0" })
    let eval = try sfg("eval --run r --split valid --json")
    #expect(try eval.json()["rows"] as? Int == 10)
  }

  @Test func evaluationSaysWhichSplitARunLacks() throws {
    _ = try folder.write("t.csv", log(100) { $0 ? "1" : "0" })
    try configure("fields: [user], train: t.csv")
    #expect(try sfg("train --config c.yaml --output r --quiet").status == 0)
    let eval = try sfg("eval --run r --split valid")
    #expect(eval.status == 78)
    #expect(
      eval.errors == "Error: r: the run has no valid split, because its configuration gives it no "
        + "files and no share of a source; evaluate another split, or files with --data\n")
  }

  @Test func evaluationHasAnOptionForBadRows() throws {
    _ = try folder.write("t.csv", log(200) { $0 ? "1" : "0" })
    try configure("fields: [user], train: t.csv")
    #expect(try sfg("train --config c.yaml --output r --quiet").status == 0)
    // The order of the columns and other columns do not matter.
    let rows = (0..<150).map { "u\($0 % 7),x,\($0 % 3 == 0 ? 1 : 0)\n" }.joined()
    _ = try folder.write("new.csv", "user,other,label\n" + rows + "u1,x,maybe\n")
    let eval = try sfg("eval --run r --data new.csv")
    #expect(eval.status == 65)
    #expect(
      eval.errors.hasSuffix(
        "new.csv:152, column 3 (label): expected 0 or 1 (dataset.positive specifies another value "
          + "of a click), found \"maybe\"; repair the row or add --on-bad-row skip\n"))
    let skipped = try sfg("eval --run r --data new.csv --on-bad-row skip --json")
    #expect(try skipped.json()["rows"] as? Int == 150, "\(skipped.errors)")
  }

  /// A click depends on the newest of a history that is longer than the field has room for.
  @Test func theNewestValuesOfAHistoryAreUsed() throws {
    var state: UInt64 = 1
    func random(_ count: UInt64) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % count)
    }
    func rows(_ count: Int) -> String {
      "label,hist\n"
        + (0..<count).map { _ in
          let history = (0..<6 + random(6)).map { _ in random(6) }
          let isClick = (history.last ?? 0) < 3 ? random(10) < 8 : random(10) < 2
          return "\(isClick ? 1 : 0),\(history.map { "i\($0)" }.joined(separator: "|"))\n"
        }.joined()
    }
    _ = try folder.write("t.csv", rows(600))
    _ = try folder.write("v.csv", rows(300))
    for (truncation, isUseful) in [("last", true), ("first", false)] {
      _ = try folder.write(
        "h.yaml",
        """
        run: history
        dataset:
          format: delimited
          label: label
          fields: [{name: hist, type: sequence, max_len: 2, truncate: \(truncation)}]
          train: t.csv
          valid: v.csv
          cache: off
        model: {backbone: dnn, embedding_dim: 4, hidden_units: [16]}
        training: {batch_size: 32, epochs: 6, learning_rate: 1.0e-2, embedding_update: lazy}
        """)
      let run = try sfg("train --config h.yaml --output \(truncation) --quiet")
      #expect(run.status == 0, "\(run.errors)")
      let result = try #require(
        JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(truncation)/result.json")))
          as? [String: Any])
      let valid = try #require(result["valid"] as? [String: Any])
      let auc = try #require(valid["AUC"] as? Double)
      #expect((auc > 0.7) == isUseful, "\(truncation): \(auc)")
    }
  }
}
