import Analysis
import Platform
import Training

/// The predictions of a run for held-out rows.
enum RunScores {
  /// The run's logit of each row that the options select; throws `Interrupted` on a signal.
  static func read(
    _ path: String, _ rows: EvaluationOptions, _ pool: WorkerPool, _ line: ProgressLine,
    quiet: Bool, work: String
  ) throws -> HeldOutScores {
    let loaded = try LoadedRun(path, pool: pool)
    if loaded.folder.hasCalibration {
      ProgressLine(quiet: quiet).event(
        "\(path): compares the model's own predictions, without its calibration.json")
    }
    let stream = try loaded.batches(of: rows)
    if let text = WeightText.unweighted(
      work, run: path, loaded.configuration.dataset, negativeRate: stream.negativeRate)
    {
      ProgressLine(quiet: quiet).event(text)
    }
    // Of sampled rows that count once, the uncorrected predictions are the calibrated ones.
    if stream.negativeRate != 1 { loaded.model.logitShift = 0 }
    var scores = HeldOutScores(loaded.description)
    let watch = Stopwatch()
    _ = try rows.badRows.advising {
      try Evaluator(loaded.model).evaluate(stream, split: rows.name) { batch, logits in
        guard !Interruption.isRequested else { throw Interrupted(work: work) }
        for row in 0..<batch.rows {
          scores.add(
            position: UInt64(batch.positions[row]), clicked: batch.labels[row] > 0.5,
            logit: Double(logits[row, 0]))
        }
        line.update(
          TrainingReporter.progress(stream.progress, label: path, seconds: watch.seconds))
      }
    }
    let progress = stream.progress
    PassText.skipped(progress.badRows, beside: progress.rows, split: rows.name).map(line.event)
    return scores
  }
}
