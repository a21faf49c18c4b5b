import Platform

/// Sums over the rows of matrices, column by column, in double and in a fixed order.
///
/// Rows are divided into tiles of 256 whose partial sums are added tile by tile, so the bits do not
/// depend on the number of threads.
public final class ColumnSums {
  private static let tile = 256
  private let partials: UnsafeMutablePointer<Double>
  private let columns: Int
  private let pool: WorkerPool
  /// The sums of the last `compute`, one per column.
  public let sums: UnsafeMutablePointer<Double>

  /// Allocates for matrices of up to `rows × columns`.
  public init(rows: Int, columns: Int, pool: WorkerPool) {
    let tiles = (rows + Self.tile - 1) / Self.tile
    partials = ZeroedMemory.allocate(tiles * columns)
    sums = ZeroedMemory.allocate(columns)
    self.columns = columns
    self.pool = pool
  }

  deinit {
    ZeroedMemory.free(partials)
    ZeroedMemory.free(sums)
  }

  /// `sums[c] = Σ_row term(row, c)`, where `addRow` adds one row's terms to an accumulator.
  @inline(__always)
  public func compute(rows: Int, addRow: (Int, UnsafeMutablePointer<Double>) -> Void) {
    pool.tiles(of: rows, size: Self.tile) { range in
      let partial = partials + range.lowerBound / Self.tile * columns
      partial.update(repeating: 0, count: columns)
      for row in range { addRow(row, partial) }
    }
    sums.update(repeating: 0, count: columns)
    for tile in 0..<(rows + Self.tile - 1) / Self.tile {
      let partial = partials + tile * columns
      for column in 0..<columns { sums[column] += partial[column] }
    }
  }

  /// `target[c] += Σ_row matrix[row, c]`.
  public func add(_ matrix: MatrixView, to target: UnsafeMutablePointer<Scalar>) {
    precondition(
      matrix.columns == columns, "ColumnSums: \(matrix.columns) columns, expected \(columns)")
    let columns = columns
    compute(rows: matrix.rows) { row, partial in
      let values = matrix.row(row)
      for column in 0..<columns { partial[column] += Double(values[column]) }
    }
    addSums(to: target)
  }

  /// `target[c] += sums[c]`, with the sums of the last `compute`.
  public func addSums(to target: UnsafeMutablePointer<Scalar>) {
    for column in 0..<columns { target[column] += Scalar(sums[column]) }
  }
}
