import Foundation
import Platform

/// Writes evaluations and reports to a TensorBoard event file; a folder of them is read as one.
///
/// A resumed run's first event is a session start, which makes TensorBoard discard what an earlier
/// process wrote for later steps. The complete file is rewritten at every evaluation.
struct TensorBoardEvents {
  private let path: String
  private var records: [UInt8]

  /// Chooses a new file in a folder, which need not exist.
  init(folder: String) {
    let now = Date().timeIntervalSince1970
    // TensorBoard reads files whose names contain "tfevents", in the order of their names.
    path = "\(folder)/events.out.tfevents.\(Int(now * 1e6)).sfg"
    records = EventRecord.version(time: now)
  }

  /// Records that training resumes after some steps.
  mutating func begin(after step: Int) {
    records += EventRecord.start(time: Date().timeIntervalSince1970, step: step + 1)
  }

  /// Appends an evaluation and writes the file.
  mutating func append(_ evaluation: Evaluation) throws {
    try append(Self.scalars(of: evaluation), step: evaluation.step)
  }

  /// Appends a report on training and writes the file; epochs have charts of their own.
  mutating func append(_ report: TrainingReport) throws {
    let chart = report.span == .epoch ? "epoch" : "train"
    let scalars = [
      ("\(chart)/logloss", report.trainLoss), ("\(chart)/learning_rate", report.learningRate),
      ("\(chart)/samples_per_second", report.samplesPerSecond),
    ]
    try append(
      scalars.compactMap { tag, value in value.map { (tag, $0) } }, step: report.step)
  }

  private mutating func append(_ scalars: [(tag: String, value: Double)], step: Int) throws {
    records += EventRecord.scalars(scalars, time: Date().timeIntervalSince1970, step: step)
    let file = try AtomicFile(path)
    try records.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// The defined values of an evaluation, tagged with their charts.
  private static func scalars(of evaluation: Evaluation) -> [(tag: String, value: Double)] {
    let metrics = evaluation.metrics.tracked.map { ("\(evaluation.split)/\($0)", $1) }
    let training = [
      ("train/logloss", evaluation.trainLoss),
      ("train/learning_rate", evaluation.trainLoss.map { _ in evaluation.learningRate }),
      ("train/samples_per_second", evaluation.samplesPerSecond),
      ("tables/information_abundance", evaluation.collapse.informationAbundance),
      ("tables/rankme", evaluation.collapse.rankMe),
    ]
    return (metrics + training).compactMap { tag, value in value.map { (tag, $0) } }
  }
}
