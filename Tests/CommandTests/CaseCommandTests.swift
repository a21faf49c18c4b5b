import Foundation
import TestSupport
import Testing

/// The program on the collected inputs that strangers' logs resemble, if they are present beside
/// the package.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct CaseCommandTests {
  private static let cases = SFGBinary.package.deletingLastPathComponent()
    .appending(path: "shared/cases").path

  /// A temporary folder in which `in` links to the inputs; nil if they are absent.
  private func folder() throws -> TemporaryFolder? {
    guard FileManager.default.fileExists(atPath: Self.cases) else {
      print("skipped: no cases at \(Self.cases)")
      return nil
    }
    let folder = try TemporaryFolder()
    for name in ["in", "base.yaml", "seq.yaml", "ffm2.yaml"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/\(name)", withDestinationPath: "\(Self.cases)/\(name)")
    }
    return folder
  }

  /// Runs the program with arguments that contain no blanks.
  private func sfg(_ line: String, in folder: TemporaryFolder) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  @Test func aFailedReplacementLeavesTheFinishedRun() throws {
    guard let folder = try folder() else { return }
    #expect(try sfg("train --config base.yaml --quiet", in: folder).status == 0)
    let weights = URL(fileURLWithPath: "\(folder.path)/runs/base/checkpoint/best.safetensors")
    let before = try Data(contentsOf: weights)
    let diverging =
      "train --config base.yaml --quiet --set training.optimizer=sgd "
      + "--set training.learning_rate=1000000 --set training.max_gradient_norm=0 "
      + "--set features.numeric.encoding=value"
    #expect(try sfg(diverging, in: folder).status == 64)
    #expect(try sfg("\(diverging) --overwrite", in: folder).status == 70)
    let after = try Data(contentsOf: weights)
    #expect(before == after)
    #expect(try sfg("eval --run runs/base", in: folder).status == 0)
  }

  @Test func weightsOfOneDayAreRefusedBesideTheEncoderOfAnother() throws {
    guard let folder = try folder() else { return }
    for day in 1...2 {
      let outcome = try sfg(
        "train --config base.yaml --quiet --set dataset.train=in/Y_day\(day).csv --output \(day)",
        in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let mixed = try SFGBinary.shell(
      "cp 2/checkpoint/best.safetensors 1/checkpoint/ && $SFG eval --run 1", in: folder.path)
    #expect(mixed.status == 78)
    #expect(mixed.errors.contains("restore the encoder folder that belongs to these weights"))
  }

  @Test func predictionsReplaceNeitherTheirInputNorTheRun() throws {
    guard let folder = try folder() else { return }
    #expect(try sfg("train --config base.yaml --quiet", in: folder).status == 0)
    for path in ["in/base_test.csv", "runs/base/checkpoint/best.safetensors"] {
      let outcome = try sfg(
        "eval --run runs/base --data in/base_test.csv --predictions \(path)", in: folder)
      #expect(outcome.status == 64, "\(outcome.errors)")
    }
  }

  /// Rows without a label, or with an empty one, have the predictions of the same rows with labels.
  @Test(arguments: ["in/C_nolabel.csv", "in/C_blanklabel.csv"])
  func rowsWithoutLabelsArePredicted(rows: String) throws {
    guard let folder = try folder() else { return }
    #expect(try sfg("train --config base.yaml --quiet", in: folder).status == 0)
    let labelled = try sfg("predict --run runs/base --data in/base_test.csv", in: folder)
    let outcome = try sfg("predict --run runs/base --data \(rows)", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 301)
    #expect(outcome.output == labelled.output)
  }

  /// What is set for an input of training, its status, and what the output must contain.
  @Test(arguments: [
    (
      "in/Z_corrupt.csv", ["dataset.on_bad_row=skip"], 65 as Int32,
      "789 of 900 rows are bad, 87.67 %, and dataset.max_bad_rows allows 1 %"
    ),
    ("in/O_NULL.csv", ["dataset.delimiter=;"], 65, "expected a number, found \"NULL\""),
    ("in/O_NULL.csv", ["dataset.delimiter=;", "dataset.missing=[NULL]"], 0, "run: r"),
    ("in/D_float.csv", [], 0, "run: r"),
    ("in/D_bool.csv", [], 0, "run: r"),
    ("in/C_nolabel.csv", [], 65, "expected a column \"label\" in the header"),
    (
      "in/M_start.tsv", ["dataset.fields=[user,query]"], 65,
      "expected a closing double quote (dataset.quote: none reads quotes as text)"
    ),
    ("in/M_start.tsv", ["dataset.fields=[user,query]", "dataset.quote=none"], 0, "run: r"),
    ("in/S_spark", [], 0, "skipped in/S_spark/part-00001.csv: it has no rows"),
    (
      "in/K_ts.csv",
      ["dataset.fields=[user, item, ts: numeric]", "features.numeric.encoding=value"], 0,
      "warning: train: field ts has the number 1.701e+12"
    ),
    (
      "in/H_bn.csv", ["model.backbone=dnn", "model.batch_norm=true", "training.batch_size=1"], 78,
      "found 1, expected at least 2 with model.batch_norm: true"
    ),
  ])
  func trainingHasTheDocumentedResult(
    input: String, settings: [String], status: Int32, sentence: String
  ) throws {
    guard let folder = try folder() else { return }
    // Inputs with other columns than the base rows have no rows to evaluate.
    let own = ["dataset.train=\(input)", "dataset.valid=[]", "dataset.test=[]"]
    let sets = (own + settings).flatMap { ["--set", $0] }
    let outcome = try SFGBinary.run(
      ["train", "--config", "base.yaml", "--output", "r"] + sets, in: folder.path)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect((outcome.output + outcome.errors).contains(sentence), "\(outcome.errors)")
  }

  /// Values that are written in another way than in the training rows, and no values at all.
  @Test(arguments: [
    ("in/L_test_float.csv", "100 % of user, 100 % of item"),
    ("in/L_test_allblank.csv", "every field is blank in 100 of 100 rows (100 %)"),
  ])
  func evaluationWarnsOfRowsThatTheModelCannotKnow(rows: String, warning: String) throws {
    guard let folder = try folder() else { return }
    let train = try sfg(
      "train --config base.yaml --quiet --output r --set dataset.train=in/L_train_int.csv "
        + "--set dataset.valid=in/L_valid_int.csv --set dataset.test=[]", in: folder)
    #expect(train.status == 0, "\(train.errors)")
    let eval = try sfg("eval --run r --data \(rows)", in: folder)
    #expect(eval.status == 0)
    #expect(eval.errors.contains(warning), "\(eval.errors)")
  }

  @Test func idsOf64BitsAreRead() throws {
    guard let folder = try folder() else { return }
    #expect(try sfg("train --config ffm2.yaml --quiet", in: folder).status == 0)
  }

  @Test func theNewestValuesOfASequenceAreKept() throws {
    guard let folder = try folder() else { return }
    let train = try sfg("train --config seq.yaml", in: folder)
    #expect(train.errors.contains("values beyond max_len are dropped: hist in 100 % of the rows"))
    let eval = try sfg("eval --run runs/seq --split valid --json", in: folder)
    #expect(try eval.json()["AUC"] as? Double ?? 0 >= 0.71)
  }

  @Test func theShareOfNegativesThatWasKeptCalibratesPredictionsForAllRows() throws {
    guard let folder = try folder() else { return }
    func calibration(_ rate: String) throws -> Double {
      let train = try sfg(
        "train --config base.yaml --quiet --output r\(rate) --set dataset.train=in/W_down.csv "
          + "--set dataset.valid=[] --set dataset.test=[] --set training.epochs=10 "
          + "--set dataset.negative_rate=\(rate)", in: folder)
      #expect(train.status == 0, "\(train.errors)")
      let eval = try sfg("eval --run r\(rate) --data in/W_full_test.csv --json", in: folder)
      return try #require(eval.json()["calibration"] as? Double)
    }
    #expect(try calibration("1") > 5)
    #expect((0.7...1.4).contains(try calibration("0.1")))
  }

  @Test func aLabelTakenByDefaultIsAskedForWhereAnotherColumnIsCalledClick() throws {
    guard let folder = try folder() else { return }
    _ = try folder.write(
      "unlabelled.yaml",
      """
      dataset: {format: delimited, train: in/X_nolabelcol.csv, valid: in/X_nolabelcol_v.csv}
      model: {backbone: fm}
      training: {epochs: 1}
      """)
    let outcome = try sfg("train --config unlabelled.yaml", in: folder)
    #expect(outcome.status == 78)
    #expect(outcome.errors.contains("is_mobile") && outcome.errors.contains("click"))
  }
}
