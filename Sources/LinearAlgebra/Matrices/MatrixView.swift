/// Rows and columns in memory that is owned elsewhere.
///
/// Element `(row, column)` is at `base[row · stride + column]`. A view does not own its memory: its
/// creator keeps it alive.
public struct MatrixView: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Scalar>
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Elements from one row to the next, at least `columns`.
  public let stride: Int

  /// Describes memory that the caller owns.
  @inline(__always)
  public init(base: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int) {
    assert(stride >= columns, "MatrixView: stride \(stride) below columns \(columns)")
    self.base = base
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// The start of one row.
  @inline(__always)
  public func row(_ index: Int) -> UnsafeMutablePointer<Scalar> {
    assert(index >= 0 && index < rows, "MatrixView: row \(index) of \(rows)")
    return base + index * stride
  }

  /// One element.
  @inline(__always)
  public subscript(row: Int, column: Int) -> Scalar {
    get { self.row(row)[column] }
    nonmutating set { self.row(row)[column] = newValue }
  }

  /// Some consecutive rows, over the same memory.
  @inline(__always)
  public func rows(_ range: Range<Int>) -> MatrixView {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows, "MatrixView: rows \(range) of \(rows)")
    return MatrixView(
      base: base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
  }

  /// Some consecutive columns, over the same memory.
  @inline(__always)
  public func columns(_ range: Range<Int>) -> MatrixView {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= columns,
      "MatrixView: columns \(range) of \(columns)")
    return MatrixView(
      base: base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
  }

  /// The same rows with the elements between one row and the next, which no other view may use.
  public var wholeRows: MatrixView {
    MatrixView(base: base, rows: rows, columns: stride, stride: stride)
  }

  /// Whether there are no gaps between rows.
  public var isContiguous: Bool { stride == columns || rows <= 1 }

  /// Sets every element.
  public func fill(_ value: Scalar) {
    if isContiguous { return base.update(repeating: value, count: rows * columns) }
    for row in 0..<rows { self.row(row).update(repeating: value, count: columns) }
  }

  /// Copies a view of the same shape.
  public func copy(from other: MatrixView) {
    precondition(
      rows == other.rows && columns == other.columns,
      "MatrixView: copy of \(other.rows)×\(other.columns) into \(rows)×\(columns)")
    for row in 0..<rows { self.row(row).update(from: other.row(row), count: columns) }
  }

  /// Adds a view of the same shape.
  public func add(_ other: MatrixView) {
    precondition(
      rows == other.rows && columns == other.columns,
      "MatrixView: \(other.rows)×\(other.columns) added to \(rows)×\(columns)")
    for row in 0..<rows {
      ShortVectorKernels.add(other.row(row), to: self.row(row), count: columns)
    }
  }

  /// The elements row by row, in an array for tests, files and messages.
  public var elements: [Scalar] {
    (0..<rows).flatMap { Array(UnsafeBufferPointer(start: row($0), count: columns)) }
  }
}
