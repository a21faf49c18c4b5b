import LinearAlgebra
import Platform

/// Matrices in numpy's own format: version 1.0, C order, little-endian.
public enum NpyFile {
  /// Writes a matrix as `<f8`.
  public static func write(_ matrix: DoubleMatrix, to path: String) throws {
    let file = try AtomicFile(path)
    let bytes = header(type: "<f8", rows: matrix.rows, columns: matrix.columns)
    try bytes.withUnsafeBytes { try file.write($0) }
    try matrix.elements.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// The bytes before the numbers of a matrix.
  static func header(type: String, rows: Int, columns: Int) -> [UInt8] {
    NpyHeader.bytes(type: "'\(type)'", shape: [rows, columns])
  }
}

/// A matrix in numpy's format whose rows arrive in batches and whose height is known at the end.
public final class NpyRows {
  private let file: AtomicFile
  private let columns: Int
  private var rows = 0

  private static var type: String { "<f\(MemoryLayout<Scalar>.size)" }

  /// Opens a file for rows of `columns` numbers of the models' element type.
  public init(_ path: String, columns: Int) throws {
    file = try AtomicFile(path)
    self.columns = columns
    try NpyFile.header(type: Self.type, rows: 0, columns: columns).withUnsafeBytes {
      try file.write($0)
    }
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

  /// Writes the height into the header and puts the file in its place.
  public func commit() throws {
    try NpyFile.header(type: Self.type, rows: rows, columns: columns).withUnsafeBytes {
      try file.rewrite($0, at: 0)
    }
    try file.commit()
  }
}
