import Foundation
import Platform

/// Evaluations as a file of TensorBoard's events, of this process alone: TensorBoard joins the files of a folder.
///
/// A run that goes on from a checkpoint says so in its first event, upon which TensorBoard forgets what an earlier
/// process wrote of later steps. The file is written whole at every evaluation.
struct TensorBoardEvents {
  private let path: String
  private var records: [UInt8]

  /// Events go to a new file in a folder, which need not be there.
  init(folder: String) {
    let now = Date().timeIntervalSince1970
    // TensorBoard takes files with "tfevents" in their names, in the order of the names.
    path = "\(folder)/events.out.tfevents.\(Int(now * 1e6)).sfg"
    records = EventRecord.framed(EventRecord.version(time: now))
  }

  /// Says that training goes on after some steps.
  mutating func begin(after step: Int) {
    records += EventRecord.framed(
      EventRecord.start(time: Date().timeIntervalSince1970, step: step + 1))
  }

  /// Adds an evaluation and writes the file.
  mutating func append(_ evaluation: Evaluation) throws {
    records += EventRecord.framed(
      EventRecord.scalars(
        Self.scalars(of: evaluation), time: Date().timeIntervalSince1970, step: evaluation.step))
    let file = try AtomicFile(path)
    try records.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// What is drawn, by the name of its chart; what is undefined is left out.
  private static func scalars(of evaluation: Evaluation) -> [(tag: String, value: Double)] {
    let numbers: [(String, Double?)] = [
      ("\(evaluation.split)/AUC", evaluation.metrics.auc),
      ("\(evaluation.split)/logloss", evaluation.metrics.logloss),
      ("train/logloss", evaluation.trainLoss),
      ("train/learning_rate", evaluation.trainLoss.map { _ in evaluation.learningRate }),
      ("train/samples_per_second", evaluation.samplesPerSecond),
      ("collapse/information_abundance", evaluation.collapse.informationAbundance),
      ("collapse/rankme", evaluation.collapse.rankMe),
    ]
    return numbers.compactMap { tag, value in value.map { (tag, $0) } }
  }
}
