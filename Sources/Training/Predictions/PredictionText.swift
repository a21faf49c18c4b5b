import ClickData
import Platform

/// Text about rows, formatted on all threads of a pool and written in blocks.
///
/// The text is gzipped, one member per block, if the name of the output ends in ".gz".
final class PredictionText {
  private let output: OutputFile
  private let encoder: GzipEncoder?
  private let pool: WorkerPool
  private var text: [UInt8] = []
  /// The text of each tile of a batch.
  private var tiles: [[UInt8]] = []

  private static let tileRows = 256
  /// The approximate size in bytes of a block.
  private static let blockSize = 1 << 18

  init(_ path: String, header: [UInt8], pool: WorkerPool) throws {
    output = try OutputFile(path)
    encoder = path.hasSuffix(".gz") ? GzipEncoder() : nil
    self.pool = pool
    text = header + [UInt8(ascii: "\n")]
    text.reserveCapacity(2 * Self.blockSize)
  }

  /// Appends lines; `line` appends the text of a row, without its end, on any thread.
  func append(rows: Int, _ line: (Int, inout [UInt8]) -> Void) throws {
    let count = (rows + Self.tileRows - 1) / Self.tileRows
    while tiles.count < count { tiles.append([]) }
    tiles.withUnsafeMutableBufferPointer { tiles in
      pool.tiles(of: rows, size: Self.tileRows) { rows in
        let tile = rows.lowerBound / Self.tileRows
        tiles[tile].removeAll(keepingCapacity: true)
        for row in rows {
          line(row, &tiles[tile])
          tiles[tile].append(UInt8(ascii: "\n"))
        }
      }
    }
    for tile in tiles[..<count] {
      text.append(contentsOf: tile)
      if text.count >= Self.blockSize { try flush() }
    }
  }

  /// Completes the output.
  func commit() throws {
    try flush()
    try output.commit()
  }

  private func flush() throws {
    guard !text.isEmpty else { return }
    try text.withUnsafeBytes { bytes in
      guard let encoder else { return try output.write(bytes) }
      encoder.begin()
      encoder.append(bytes)
      encoder.finish()
      try output.write(encoder.bytes)
    }
    text.removeAll(keepingCapacity: true)
  }
}

extension [UInt8] {
  /// Appends a number so that it reads back to the same bits.
  ///
  /// The text of a float has at most 15 characters, which a string holds without allocating.
  mutating func append(number: some CustomStringConvertible) {
    append(contentsOf: number.description.utf8)
  }

  /// Appends a comma, a logit, a comma and its probability.
  mutating func append(score logit: some BinaryFloatingPoint & CustomStringConvertible) {
    append(UInt8(ascii: ","))
    append(number: logit)
    append(UInt8(ascii: ","))
    append(number: Float(Logistic.sigmoid(Double(logit))))
  }
}
