import CLAPACKE

/// The triangular factor of a tall table whose rows arrive one after the other.
///
/// Keeps `R` of the rows so far and factorises `[R; block]` whenever a block is full (`dgeqrf`), so
/// singular values are exact to `ε·σ₁`, where those of the Gram matrix are lost below `√ε·σ₁`.
/// Different tables may be factorised on different threads, but one table on one thread only.
public final class StreamingQR {
  private static let blockRows = 1024
  /// Columns of the table.
  public let columns: Int
  private let height: Int
  private let work: UnsafeMutablePointer<Double>
  private let workCount: Int
  private let reflectors: UnsafeMutablePointer<Double>
  /// Column-major, `height × columns`: R in the first `columns` rows, new rows below it.
  private let stack: UnsafeMutablePointer<Double>
  private var filled: Int

  /// Starts with no rows.
  public init(columns: Int) {
    _ = OpenBLAS.onOneThread
    precondition(columns > 0, "StreamingQR: columns must be positive, got \(columns)")
    self.columns = columns
    height = columns + max(Self.blockRows, columns)
    filled = columns
    stack = .allocate(capacity: height * columns)
    stack.initialize(repeating: 0, count: height * columns)
    reflectors = .allocate(capacity: columns)
    reflectors.initialize(repeating: 0, count: columns)
    workCount = 32 * columns
    work = .allocate(capacity: workCount)
    work.initialize(repeating: 0, count: workCount)
  }

  deinit {
    stack.deallocate()
    reflectors.deallocate()
    work.deallocate()
  }

  /// Adds one row of `columns` elements.
  public func add(_ row: UnsafePointer<Scalar>) throws {
    for column in 0..<columns { stack[column * height + filled] = Double(row[column]) }
    filled += 1
    if filled == height { try reduce() }
  }

  /// Adds rows: a `[rows, columns]` view.
  public func add(_ rows: MatrixView) throws {
    precondition(
      rows.columns == columns, "StreamingQR: \(rows.columns) columns, expected \(columns)")
    for row in 0..<rows.rows { try add(rows.row(row)) }
  }

  /// Adds one row of `columns` elements minus the mean of each column.
  public func add(_ row: UnsafePointer<Scalar>, minus means: [Double]) throws {
    for column in 0..<columns {
      stack[column * height + filled] = Double(row[column]) - means[column]
    }
    filled += 1
    if filled == height { try reduce() }
  }

  /// Factorises an incomplete block: until another row is added, several threads may read.
  public func settle() throws { if filled > columns { try reduce() } }

  /// Adds all rows of another factor.
  public func add(_ other: StreamingQR) throws {
    precondition(
      other.columns == columns, "StreamingQR: \(other.columns) columns, expected \(columns)")
    try other.settle()
    for row in 0..<columns {
      for column in 0..<columns {
        stack[column * height + filled] =
          column < row ? 0 : other.stack[column * other.height + row]
      }
      filled += 1
      if filled == height { try reduce() }
    }
  }

  /// The singular values of all rows added, largest first: `columns` of them.
  ///
  /// Throws `DecompositionFailure`.
  public func singularValues() throws -> [Double] {
    try settle()
    var triangle = DoubleMatrix(rows: columns, columns: columns)
    for row in 0..<columns {
      for column in row..<columns { triangle[row, column] = stack[column * height + row] }
    }
    return try SingularValues.of(triangle)
  }

  private func reduce() throws {
    let status = LAPACKE_dgeqrf_work(
      LAPACK_COL_MAJOR, Int32(filled), Int32(columns), stack, Int32(height),
      reflectors, work, Int32(workCount))
    guard status == 0 else {
      throw DecompositionFailure.refused(
        routine: "dgeqrf", rows: filled, columns: columns, status: Int(status))
    }
    // LAPACK leaves reflectors below the diagonal. Inside R they are zero, as R was zero there
    // before, so the next call reads nothing but R above the new rows.
    filled = columns
  }
}
