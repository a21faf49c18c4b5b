import ArgumentParser
import ClickData
import Models
import Platform
import Training

extension Recalibration.Method: ExpressibleByArgument {}

/// Whether the predictions of a run are recalibrated.
struct RecalibrationOptions: ParsableArguments {
  @Flag(help: "Ignore the run's calibration.json: use the model's own predictions.")
  var raw = false

  /// The run's recalibration; nil without one, and if the model's own predictions are wanted.
  ///
  /// Reports on `line` that predictions are recalibrated.
  func recalibration(of run: LoadedRun, _ line: ProgressLine) throws -> Recalibration? {
    guard !raw, run.folder.hasCalibration, run.checkpoint == .best else { return nil }
    let found = try run.recalibration()
    line.event(
      "predictions are recalibrated (\(found.summary), fitted to \(found.rows) \(found.split) rows, "
        + "\(run.folder.calibrationPath)); --raw uses the model's own")
    return found
  }
}

extension LoadedRun {
  /// The recalibration that is stored in the run, which must belong to its best weights.
  func recalibration() throws -> Recalibration {
    try Recalibration(
      contentsOf: folder.calibrationPath, weights: Checkpoint.checksum(of: folder.bestPath))
  }

  /// Fits a recalibration to the validation rows, and no others, and stores it in the run.
  ///
  /// Of `rows`, only the treatment of bad rows counts.
  func recalibrate(
    _ method: Recalibration.Method, _ rows: EvaluationOptions, _ line: ProgressLine
  ) throws -> Recalibration {
    var valid = rows
    (valid.split, valid.data) = (.valid, [])
    let stream = try batches(of: valid)
    let watch = Stopwatch()
    let counts = try rows.badRows.advising {
      try Evaluator(model).logitCounts(stream, split: "valid") {
        guard !Interruption.isRequested else { throw Interrupted(work: "eval") }
        line.update(
          TrainingReporter.progress(stream.progress, label: "calibrate", seconds: watch.seconds))
      }
    }
    line.clear()
    let found = try Recalibration(
      method, counts, of: "valid", weights: Checkpoint.checksum(of: folder.bestPath),
      run: folder.path)
    try found.save(to: folder.calibrationPath)
    line.event(
      "\(folder.calibrationPath): predictions are recalibrated from now on (\(found.summary), fitted "
        + "to \(found.rows) valid rows); --raw uses the model's own")
    return found
  }
}
