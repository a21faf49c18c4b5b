import ClickData
import Models
import Training

/// Tells on standard error how training goes: a progress line, and a plain line an event.
final class TrainingReporter: TrainingObserver {
  private let line: ProgressLine
  private var epochs = 0

  init(_ line: ProgressLine) { self.line = line }

  func observe(_ event: TrainingEvent) {
    switch event {
    case .resumed(let epoch, let step): line.event("resumed: epoch \(epoch) · step \(step)")
    case .epochStarted(_, let epochs, _): self.epochs = epochs
    case .progress(let progress): line.update(Self.progress(progress, epochs: epochs))
    case .evaluated(let evaluation, let improved):
      line.event(Self.sentence(evaluation, improved: improved))
    case .learningRateReduced(let rate): line.event("learning rate reduced to \(rate)")
    case .stoppedEarly(let evaluations):
      line.event("stopped early: \(evaluations) evaluations in a row did not improve")
    case .bestReloaded(let step): line.event("best weights reloaded: those of step \(step)")
    case .warning(let warning): line.event("warning: \(warning)")
    }
  }

  /// The scan of the training data, which comes before the first epoch.
  static func progress(_ reading: ReadingProgress, label: String, seconds: Double) -> Progress {
    let fraction = reading.totalBytes.map { Double(reading.bytesRead) / Double(max($0, 1)) }
    return Progress(
      label: label, rows: reading.rows, totalRows: nil, fraction: fraction,
      rowsPerSecond: Double(reading.rows) / max(seconds, 1e-9), loss: nil)
  }

  private static func progress(_ progress: TrainingProgress, epochs: Int) -> Progress {
    Progress(
      label: "epoch \(progress.epoch)/\(epochs)", rows: progress.rows,
      totalRows: progress.totalRows, fraction: progress.fraction,
      rowsPerSecond: progress.rowsPerSecond, loss: progress.meanLoss)
  }

  private static func sentence(_ evaluation: Evaluation, improved: Bool?) -> String {
    var parts = [
      "epoch \(evaluation.epoch)", "step \(evaluation.step)",
      "\(evaluation.split) AUC \(MetricText.auc(evaluation.metrics))",
      "logloss \(MetricText.logloss(evaluation.metrics))",
    ]
    if let speed = evaluation.samplesPerSecond { parts.append("\(Readable.count(speed)) rows/s") }
    switch improved {
    case true?: parts.append("best so far")
    case false?: parts.append("no better")
    case nil: parts.append("final")
    }
    if let shares = evaluation.shares { parts.append(sentence(shares)) }
    return parts.joined(separator: " · ")
  }

  private static func sentence(_ shares: PhaseTimes) -> String {
    shares.byName.map { "\($0.name) \(Readable.fixed(100 * $0.time, decimals: 0))%" }
      .joined(separator: " ")
  }
}
