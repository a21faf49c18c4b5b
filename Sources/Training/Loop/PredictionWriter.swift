import ClickData
import LinearAlgebra
import Platform

/// Writes predictions as CSV, `row,label,logit,probability`; gzipped if the name ends in ".gz".
///
/// Numbers read back to the same bits. The file appears, complete, at `commit`, or not at all.
public final class PredictionWriter {
  private let file: AtomicFile
  private let encoder: GzipEncoder?
  private var text: [UInt8] = []

  /// The approximate size in bytes of the text of a gzip member.
  private static let blockSize = 1 << 18

  /// Opens a temporary file beside the path.
  public init(_ path: String) throws {
    file = try AtomicFile(path)
    encoder = path.hasSuffix(".gz") ? GzipEncoder() : nil
    text.reserveCapacity(2 * Self.blockSize)
    text.append(contentsOf: "row,label,logit,probability\n".utf8)
  }

  /// Adds the rows of a batch.
  public func write(_ batch: EncodedBatch, logits: MatrixView) throws {
    precondition(
      logits.rows == batch.rows,
      "PredictionWriter: \(logits.rows) logits for \(batch.rows) rows")
    for row in 0..<batch.rows {
      let logit = logits[row, 0]
      let clicked = batch.labels[row] > 0.5
      // A float's description has at most 15 characters, which a string holds without allocating.
      append(batch.positions[row].description)
      text.append(UInt8(ascii: ","))
      text.append(UInt8(ascii: clicked ? "1" : "0"))
      text.append(UInt8(ascii: ","))
      append(logit.description)
      text.append(UInt8(ascii: ","))
      append(Float(Logistic.sigmoid(Double(logit))).description)
      text.append(UInt8(ascii: "\n"))
      if text.count >= Self.blockSize { try flush() }
    }
  }

  /// Completes the file and moves it to its path.
  public func commit() throws {
    try flush()
    try file.commit()
  }

  private func append(_ word: String) { text.append(contentsOf: word.utf8) }

  private func flush() throws {
    try text.withUnsafeBytes { bytes in
      guard let encoder else { return try file.write(bytes) }
      encoder.begin()
      encoder.append(bytes)
      encoder.finish()
      try file.write(encoder.bytes)
    }
    text.removeAll(keepingCapacity: true)
  }
}
