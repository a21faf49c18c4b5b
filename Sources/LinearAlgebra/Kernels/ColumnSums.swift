import Platform

/// Sums over the rows of a batch, column by column, in double and in a fixed order.
///
/// The rows of each of the batch's pieces are divided into tiles of 256, whose partial sums are
/// added tile by tile, and the pieces' sums as a tree, so the bits do not depend on the number of
/// threads.
public final class ColumnSums {
  private static let tile = 256
  private let partials: UnsafeMutablePointer<Double>
  private let columns: Int
  private let vectors: Int
  private let share: BatchShare
  private let pool: WorkerPool
  /// The sums of the last `compute`, one per column.
  public let sums: UnsafeMutablePointer<Double>

  /// Allocates for batches of up to `batch` rows, each of which has `vectors` rows of `columns`.
  public init(
    batch: Int, vectors: Int = 1, columns: Int, share: BatchShare = BatchShare(), pool: WorkerPool
  ) {
    self.share = share
    let tiles = PieceTiles.capacity(rows: batch, vectors: vectors, size: Self.tile)
    partials = ZeroedMemory.allocate(tiles * columns)
    sums = ZeroedMemory.allocate(columns)
    self.columns = columns
    self.vectors = vectors
    self.pool = pool
  }

  deinit {
    ZeroedMemory.free(partials)
    ZeroedMemory.free(sums)
  }

  /// `sums[c] = Σ_row term(row, c)` over the whole batch, where `addRow` adds the terms of one of
  /// this process's rows to an accumulator.
  @inline(__always)
  public func compute(rows: Int, addRow: (Int, UnsafeMutablePointer<Double>) -> Void) {
    let tiles = PieceTiles(share.pieces(rows: rows, vectors: vectors), size: Self.tile)
    pool.run(tiles.count) { tile in
      let partial = partials + tile * columns
      partial.update(repeating: 0, count: columns)
      for row in tiles[tile] { addRow(row, partial) }
    }
    if tiles.count > 0 {
      tiles.sum { left, right in
        let (left, right) = (partials + left * columns, partials + right * columns)
        for column in 0..<columns { left[column] += right[column] }
      }
      sums.update(from: partials, count: columns)
    } else {
      sums.update(repeating: 0, count: columns)
    }
    share.sum(sums, count: columns)
  }

  /// `target[c] += Σ_row matrix[row, c]`, in the process that has the batch's first row.
  public func add(_ matrix: MatrixView, to target: UnsafeMutablePointer<Scalar>) {
    precondition(
      matrix.columns == columns, "ColumnSums: \(matrix.columns) columns, expected \(columns)")
    let columns = columns
    compute(rows: matrix.rows) { row, partial in
      let values = matrix.row(row)
      for column in 0..<columns { partial[column] += Double(values[column]) }
    }
    addSums(of: 0..<columns, to: target)
  }

  /// `target[c] += factor · sums[c]` for some columns, with the sums of the last `compute`, in the
  /// process that has the batch's first row: the gradients of all processes are added.
  public func addSums(
    of columns: Range<Int>, times factor: Double = 1, to target: UnsafeMutablePointer<Scalar>
  ) {
    guard share.hasFirstRow else { return }
    for (place, column) in columns.enumerated() { target[place] += Scalar(factor * sums[column]) }
  }
}
