import ClickData
import Models
import Training

/// Reports training on standard error: a progress line, and one log line per event.
final class TrainingReporter: TrainingObserver {
  private let line: ProgressLine
  private var epochs = 0
  /// The splits whose skipped rows were reported.
  private var reported: Set<String> = []

  init(_ line: ProgressLine) { self.line = line }

  func observe(_ event: TrainingEvent) {
    switch event {
    case .resumed(let epoch, let step): line.event("resumed: epoch \(epoch) · step \(step)")
    case .epochStarted(_, let epochs, _): self.epochs = epochs
    case .progress(let progress): line.update(Self.progress(progress, epochs: epochs))
    case .reading(let task, let reading, let seconds):
      line.update(Self.progress(reading, label: task, seconds: seconds))
    case .passed(let pass):
      pass.badRows.map { report($0, beside: pass.rows, of: pass.split) }
    case .evaluated(let evaluation, let improved):
      line.event(Self.sentence(evaluation, improved: improved))
    case .evaluatedPart(let part): line.event(PartText.sentence(part))
    case .reported(let report): line.event(Self.sentence(report, epochs: epochs))
    case .learningRateReduced(let rate):
      line.event("learning rate reduced to \(Readable.number(rate))")
    case .stoppedEarly(let evaluations):
      line.event("stopped early: \(evaluations) consecutive evaluations without improvement")
    case .bestReloaded(let step): line.event("restored best weights (step \(step))")
    case .warning(let warning): line.event("warning: \(warning)")
    }
  }

  /// Reports the skipped rows of a split, once.
  func report(_ badRows: BadRows, beside good: Int, of split: String) {
    guard let skipped = PassText.skipped(badRows, beside: good, split: split),
      reported.insert(split).inserted
    else { return }
    line.event(skipped)
  }

  /// The progress of reading data, such as the scan before the first epoch.
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
      "\(evaluation.split) AUC \(Readable.metric(evaluation.metrics.auc))",
    ]
    if let grouped = evaluation.metrics.grouped {
      parts.append("\(GroupedAUC.name) \(Readable.metric(grouped.value))")
    }
    parts += [
      "logloss \(Readable.metric(evaluation.metrics.logloss))"
    ]
    switch improved {
    case true?: parts.append("best so far")
    case false?: parts.append("no improvement")
    case nil: parts.append("final")
    }
    return parts.joined(separator: " · ")
  }

  private static func sentence(_ report: TrainingReport, epochs: Int) -> String {
    var parts =
      report.span == .epoch
      ? ["epoch \(report.epoch)/\(max(epochs, report.epoch)) ended"]
      : ["epoch \(report.epoch)", "step \(report.step)"]
    parts += [
      "train loss \(Readable.metric(report.trainLoss))",
      "learning rate \(Readable.number(report.learningRate))",
    ]
    if let speed = report.samplesPerSecond { parts.append("\(Readable.count(speed)) rows/s") }
    return parts.joined(separator: " · ")
  }

  /// How a finished run spent its time.
  static func time(_ record: TrainingRecord) -> String {
    let shares = record.seconds.byName.map { name, seconds in
      let share = 100 * seconds / max(record.totalSeconds, 1e-9)
      return "\(name) \(Readable.fixed(share, decimals: 0)) %"
    }
    let parts = ["time: \(Readable.duration(record.totalSeconds))"] + shares
    return parts.joined(separator: " · ")
  }
}

/// A table of metrics, one row per split.
enum MetricTable {
  static func text(_ splits: [(name: String, metrics: Metrics)]) -> String {
    let grouped = splits.contains { $0.metrics.grouped != nil } ? [GroupedAUC.name] : []
    let isWeighted = splits.contains { $0.metrics.weight != nil }
    let counts = ["rows", "clicks"] + (isWeighted ? ["weight"] : [])
    var table = TextTable(
      [("split", .left)]
        + (counts + Metric.all.map(\.title) + grouped).map { ($0, .right) })
    for (name, metrics) in splits {
      let weight = Readable.number(metrics.weight ?? Double(metrics.rows), digits: 6)
      table.add(
        [name, "\(metrics.rows)", "\(metrics.positives)"] + (isWeighted ? [weight] : [])
          + Metric.all.map { Readable.metric(metrics[$0], decimals: $0.decimals) }
          + grouped.map { _ in metrics.grouped.map { Readable.metric($0.value) } ?? "" })
    }
    return table.description
  }
}
