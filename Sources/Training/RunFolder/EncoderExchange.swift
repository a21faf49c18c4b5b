import ClickData
import Foundation
import Models
import Platform

/// The replacement of a run's encoder by one whose vocabularies have grown.
///
/// The new encoder is written beside the weights first; then a checkpoint names its seal; then the
/// two folders are exchanged. A process that is killed in between leaves enough to do the rest, or
/// to undo it: the checkpoint decides.
extension RunFolder {
  private var encoderSpare: String { "\(path)/encoder.old" }

  /// Writes the encoder that the next checkpoint names.
  public func prepare(_ encoder: EncoderFile) throws {
    try checkInPlace()
    try? FileManager.default.removeItem(atPath: nextEncoderPath)
    try encoder.save(to: "\(nextEncoderPath)/fields.json")
  }

  /// Puts that encoder in its place, after a checkpoint was saved that names it.
  public func exchangeEncoders() throws {
    try checkInPlace()
    try Folder.exchange(encoderPath, nextEncoderPath, spare: encoderSpare)
    try? FileManager.default.removeItem(atPath: nextEncoderPath)
  }

  /// Completes what a killed process left: the encoder becomes the one that the last checkpoint
  /// names.
  public func completeExchange() throws {
    Folder.restore(encoderPath, spare: encoderSpare)
    let seal = try Checkpoint.metadata(of: lastPath)[EncoderPair.key]
    if let next = try? EncoderFile(contentsOf: "\(nextEncoderPath)/fields.json"),
      next.seal == seal, (try? EncoderFile(contentsOf: fieldsPath))?.seal != seal
    {
      try exchangeEncoders()
    }
    try? FileManager.default.removeItem(atPath: nextEncoderPath)
  }
}
