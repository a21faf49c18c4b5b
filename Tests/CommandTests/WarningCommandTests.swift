import Foundation
import Platform
import TestSupport
import Testing

/// Faults of a new user's data are reported with numbers, where a silent result would be believed.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct WarningCommandTests {
  private let folder: TemporaryFolder

  /// Users and items are whole numbers; the click depends on both.
  init() throws {
    folder = try TemporaryFolder()
    for (seed, split) in ["train", "valid", "test"].enumerated() {
      _ = try folder.write("\(split).csv", Self.log(rows: 400, seed: UInt64(seed)) { $0 })
    }
    _ = try folder.write(
      "base.yaml",
      """
      run: base
      dataset:
        format: delimited
        label: click
        fields: [user, item, price: numeric]
        train: train.csv
        valid: valid.csv
        test: test.csv
        cache: off
      features:
        categorical: {encoding: vocabulary, min_count: 1}
      model: {backbone: fm, embedding_dim: 4}
      training: {batch_size: 64, epochs: 2, embedding_update: lazy, learning_rate: 1.0e-2}
      """)
  }

  private static func log(
    rows: Int, seed: UInt64, _ change: ([String]) -> [String]
  ) -> String {
    let random = CounterRandom(seed: seed, stream: 7)
    return "click,user,item,price\n"
      + (0..<rows).map { row in
        let draw = UInt64(4 * row)
        let (user, item) = (random.integer(draw, below: 30), random.integer(draw + 1, below: 20))
        let clicked = random.uniform(draw + 2) < ((user + item) % 3 == 0 ? 0.8 : 0.2)
        let price = Double(random.integer(draw + 3, below: 1000)) / 10
        let columns = change([clicked ? "1" : "0", "\(user)", "\(item)", "\(price)"])
        return columns.joined(separator: ",") + "\n"
      }.joined()
  }

  private func sfg(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  private func train(_ options: String = "") throws -> SFGBinary.Outcome {
    try sfg("train --config base.yaml --output run \(options)")
  }

  @Test func valuesWrittenInAnotherWayAreUnseen() throws {
    #expect(try train("--quiet").status == 0)
    _ = try folder.write(
      "float.csv", Self.log(rows: 100, seed: 9) { [$0[0], $0[1] + ".0", $0[2] + ".0", $0[3]] })
    let eval = try sfg("eval --run run --data float.csv")
    #expect(eval.status == 0)
    #expect(
      eval.errorLines.contains(
        "warning: float.csv: most values were never seen in training: 100 % of user, 100 % of item;"
          + " check that they are written as in the training rows"))
    let json = try sfg("eval --run run --data float.csv --json").json()
    let unseen = try #require(json["unseen"] as? [String: Any])
    let worst = try #require(unseen["worst"] as? [[String: Any]])
    #expect(worst.prefix(2).map { $0["field"] as? String } == ["user", "item"])
    #expect(worst[0]["share"] as? Double == 1 && worst[0]["values"] as? Int == 100)
    // The rows of the run's own splits are not strange.
    #expect(try !sfg("eval --run run --split test").errors.contains("most values"))
    let text = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/run/result.json"))
    let result = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let data = try #require(result["data"] as? [String: [String: Any]])
    for split in ["train", "valid", "test"] {
      let unseen = try #require(data[split]?["unseen"] as? [String: Any])
      let share = try #require(unseen["share"] as? Double)
      #expect(share < 0.1, "\(split)")
    }
  }

  @Test func rowsWithoutAnyValueAreWarnedOf() throws {
    #expect(try train("--quiet").status == 0)
    _ = try folder.write("blank.csv", Self.log(rows: 100, seed: 9) { [$0[0], "", "", ""] })
    let eval = try sfg("eval --run run --data blank.csv")
    #expect(eval.status == 0)
    #expect(
      eval.errorLines.contains(
        "warning: blank.csv: every field is blank in 100 of 100 rows (100 %); "
          + "check the columns and the files"))
    #expect(try sfg("eval --run run --data blank.csv --json").json()["blank_rows"] as? Int == 100)
  }

  @Test func mostlyBadRowsAreRefusedUnlessTheyMayBeSkipped() throws {
    var row = 0
    _ = try folder.write(
      "corrupt.csv",
      Self.log(rows: 400, seed: 3) { columns in
        row += 1
        return row % 8 == 0 ? columns : [columns[0], columns[1], columns[2], "NULL"]
      })
    let options = "--set dataset.train=corrupt.csv --set dataset.on_bad_row=skip"
    let refused = try train(options)
    #expect(refused.status == 65)
    let finding = "corrupt.csv:2, column 4 (price): expected a number, found \"NULL\""
    #expect(
      refused.errorLines == [
        "Error: dataset.train: 350 of 400 rows are bad, 87.5 %, and dataset.max_bad_rows allows 1 %; "
          + "the first: \(finding); repair the data or raise the limit"
      ])
    let allowed = try train("\(options) --set dataset.max_bad_rows=90%")
    #expect(allowed.status == 0)
    let line = try #require(allowed.errorLines.first { $0.contains("skipped") })
    #expect(
      line.hasPrefix(
        "warning: train: skipped 350 of 400 rows (87.50 %): the first 5: \(finding); corrupt.csv:3,"
      ))
    #expect(allowed.errorLines.count { $0.contains("skipped") } == 1)
  }

  @Test func aLabelTakenByDefaultIsNamedAndAskedForWhereAnotherIsLikelier() throws {
    let options = "--set dataset.label=null --set dataset.fields=[]"
    let named = try train(options)
    #expect(named.status == 0)
    #expect(
      named.errorLines.contains(
        "warning: the label is \"click\", the first column of the header; "
          + "set dataset.label to name it"))
    _ = try folder.write("other.csv", "is_mobile,user,click\n1,a,0\n0,b,1\n")
    let asked = try train("\(options) --overwrite --set dataset.train=other.csv")
    #expect(asked.status == 78)
    #expect(
      asked.errors.contains(
        "the first column is \"is_mobile\", and there is a column \"click\": "
          + "set dataset.label to one of them"))
  }

  @Test func everyEpochShowsItsLossWithoutValidationRows() throws {
    let run = try train("--set dataset.valid=[] --set dataset.test=[] --set training.eval_steps=4")
    #expect(run.status == 0)
    let epochs = run.errorLines.filter { $0.contains(" ended") }
    #expect(epochs.count == 2)
    for (number, line) in epochs.enumerated() {
      let expected = #/epoch (\d)/2 ended · train loss 0\.\d{6} · learning rate 0.01 · \S+ rows/s/#
      #expect(try expected.wholeMatch(in: line)?.1 == "\(number + 1)", "\(line)")
    }
    #expect(run.errorLines.contains { $0.hasPrefix("epoch 1 · step 4 · train loss 0.") })
  }
}
