import ClickData
import LinearAlgebra
import Platform

/// Writes probabilities as a numpy array of floats: element r is row r of the input.
///
/// The elements of skipped rows are NaN, so that the array always lines up with the input.
public final class ScoreArray: ScoreWriter {
  private let file: AtomicFile
  private var block: [Float] = []
  private var rows = 0

  private static let blockRows = 1 << 16

  /// Opens a temporary file beside the path.
  public init(_ path: String) throws {
    file = try AtomicFile(path)
    block.reserveCapacity(Self.blockRows)
    try Self.header(rows: 0).withUnsafeBytes { try file.write($0) }
  }

  /// Adds the rows of a batch.
  public func write(_ batch: EncodedBatch, logits: MatrixView) throws {
    for row in 0..<batch.rows {
      try skip(to: Int(batch.positions[row]))
      try append(Float(Logistic.sigmoid(Double(logits[row, 0]))))
    }
  }

  /// Completes the file and moves it to its path.
  public func commit(rows: Int) throws {
    try skip(to: rows)
    try flush()
    try Self.header(rows: self.rows).withUnsafeBytes { try file.rewrite($0, at: 0) }
    try file.commit()
  }

  private static func header(rows: Int) -> [UInt8] {
    NpyHeader.bytes(type: "'<f4'", shape: [rows])
  }

  private func skip(to row: Int) throws { while rows < row { try append(.nan) } }

  private func append(_ probability: Float) throws {
    block.append(probability)
    rows += 1
    if block.count == Self.blockRows { try flush() }
  }

  private func flush() throws {
    try block.withUnsafeBytes { try file.write($0) }
    block.removeAll(keepingCapacity: true)
  }
}
