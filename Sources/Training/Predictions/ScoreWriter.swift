import ClickData
import LinearAlgebra
import Platform

/// Writes the predictions for rows that may have no labels.
public protocol ScoreWriter: AnyObject {
  /// Adds the rows of a batch.
  func write(_ batch: EncodedBatch, logits: MatrixView) throws
  /// Completes the output, which has so many rows, with the rows that were skipped.
  func commit(rows: Int) throws
}

/// Writes scores as CSV: `row`, the texts of columns, `logit`, `probability`.
///
/// Texts are written byte for byte, in quotes or not, as they were; only one that is no single
/// column of comma-separated text is put in quotes. Numbers read back to the same bits.
public final class ScoreTable: ScoreWriter {
  private let text: PredictionText
  private let columns: Int

  /// Opens an output for rows that carry the texts of these columns.
  public init(_ path: String, columns: [String], pool: WorkerPool) throws {
    self.columns = columns.count
    var header = Array("row".utf8)
    for name in columns {
      var name = name
      header.append(UInt8(ascii: ","))
      name.withUTF8 { header.append(column: $0) }
    }
    header += Array(",logit,probability".utf8)
    text = try PredictionText(path, header: header, pool: pool)
  }

  /// Adds the rows of a batch.
  public func write(_ batch: EncodedBatch, logits: MatrixView) throws {
    try text.append(rows: batch.rows) { row, line in
      line.append(number: batch.positions[row])
      for column in 0..<columns {
        line.append(UInt8(ascii: ","))
        if let texts = batch.texts { line.append(column: texts.text(column, ofRow: row)) }
      }
      line.append(score: logits[row, 0])
    }
  }

  /// Completes the output.
  public func commit(rows: Int) throws { try text.commit() }
}

extension [UInt8] {
  /// Appends a column of comma-separated text as it is, or, where it is none, in quotes.
  mutating func append(column text: UnsafeBufferPointer<UInt8>) {
    guard !Self.isColumn(text) else { return append(contentsOf: text) }
    append(quoted: text)
  }

  /// Appends a text in quotes.
  mutating func append(quoted text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    for byte in text {
      if byte == UInt8(ascii: "\"") { append(byte) }
      append(byte)
    }
    append(UInt8(ascii: "\""))
  }

  /// Whether a reader of comma-separated text takes all of a text as one column.
  private static func isColumn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.first == UInt8(ascii: "\"") else {
      return !text.contains { $0 == UInt8(ascii: ",") || $0 == 0x0d || $0 == 0x0a }
    }
    var index = 1
    while index < text.count {
      if text[index] == UInt8(ascii: "\"") {
        guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "\"") else { break }
        index += 1
      }
      index += 1
    }
    return index == text.count - 1
  }
}
