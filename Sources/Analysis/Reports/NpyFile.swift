import LinearAlgebra
import Platform

/// Matrices in numpy's npy format: version 1.0, C order, little-endian.
public enum NpyFile {
  /// Writes a matrix as `<f8`.
  public static func write(_ matrix: DoubleMatrix, to path: String) throws {
    let file = try AtomicFile(path)
    let header = NpyHeader.bytes(type: "'<f8'", shape: [matrix.rows, matrix.columns])
    try header.withUnsafeBytes { try file.write($0) }
    try matrix.elements.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }
}

/// An npy file written in batches of rows, whose number is not known before the last one.
public final class NpyRows {
  private let file: AtomicFile
  private let columns: Int
  private var rows = 0

  /// Creates a file for rows of `columns` elements of type `Scalar`.
  public init(_ path: String, columns: Int) throws {
    file = try AtomicFile(path)
    self.columns = columns
    try header.withUnsafeBytes { try file.write($0) }
  }

  /// Appends rows.
  public func append(_ view: MatrixView) throws {
    precondition(view.columns == columns, "NpyRows: \(view.columns) columns, expected \(columns)")
    for row in 0..<view.rows {
      try file.write(
        UnsafeRawBufferPointer(UnsafeBufferPointer(start: view.row(row), count: columns)))
    }
    rows += view.rows
  }

  private var header: [UInt8] {
    NpyHeader.bytes(type: "'<f\(MemoryLayout<Scalar>.size)'", shape: [rows, columns])
  }

  /// Writes the number of rows into the header and moves the file to its path.
  public func commit() throws {
    try header.withUnsafeBytes { try file.rewrite($0, at: 0) }
    try file.commit()
  }
}
