import Platform

/// Rows of one operand, collected into blocks of a fixed height and shifted in double.
///
/// Blocks end every `height` rows whatever the batches, so the bits of a result depend neither on
/// how rows arrived nor on the number of threads. Every row is shifted by the mean of the first
/// block, taken relative to the first row: a constant column is exactly zero, and with `n` rows in
/// all the products of shifted numbers lose at most a factor `n / height` of the precision of
/// products of centred ones (Chan, Golub and LeVeque, 1983), about 1e-12 after five million rows.
final class RowBlock {
  /// Rows of a full block, which fits in the L2 cache with 390 columns.
  static let height = 256
  /// Columns that one task converts: whole cache lines of every row.
  private static let tileColumns = 64

  let columns: Int
  /// The block, `[rows, columns]`, row-major and shifted.
  let base: UnsafeMutablePointer<Double>
  /// Rows collected since the last block.
  private(set) var rows = 0

  private let scratch: UnsafeMutablePointer<Double>
  private let shift: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let squares: UnsafeMutablePointer<Double>
  private var started = false
  private var shifted = false

  init(columns: Int) {
    precondition(columns > 0, "RowBlock: columns must be positive, got \(columns)")
    self.columns = columns
    base = .allocate(capacity: Self.height * columns)
    base.initialize(repeating: 0, count: Self.height * columns)
    scratch = .allocate(capacity: 3 * columns)
    scratch.initialize(repeating: 0, count: 3 * columns)
    shift = scratch
    sums = scratch + columns
    squares = scratch + 2 * columns
  }

  deinit {
    base.deallocate()
    scratch.deallocate()
  }

  /// `Σ (x − shift)` by column, over all rows taken.
  func sum(_ column: Int) -> Double { sums[column] }

  /// The moments of the columns over `count` rows.
  func moments(count: Int) -> ColumnMoments {
    let divisor = Double(max(count, 1))
    return ColumnMoments(
      count: count, means: (0..<columns).map { shift[$0] + sums[$0] / divisor },
      squaredDeviations: (0..<columns).map { column in
        let value = squares[column] - sums[column] * (sums[column] / divisor)
        // Rounding may make a sum of squares negative; NaN must stay NaN.
        return value < 0 ? 0 : value
      })
  }

  /// Copies rows until the block is full, and returns how many it copied.
  func take(_ view: MatrixView, from first: Int, pool: WorkerPool) -> Int {
    let taken = min(view.rows - first, Self.height - rows)
    if !started {
      for column in 0..<columns { shift[column] = Double(view[first, column]) }
      started = true
    }
    let start = rows
    pool.tiles(of: columns, size: Self.tileColumns) { tile in
      let origin = shift + tile.lowerBound
      for index in 0..<taken {
        let source = view.row(first + index) + tile.lowerBound
        let target = base + (start + index) * columns + tile.lowerBound
        for column in 0..<tile.count { target[column] = Double(source[column]) - origin[column] }
      }
    }
    rows += taken
    return taken
  }

  /// Adds the block to the sums; the first block determines the shift of all rows.
  func close(pool: WorkerPool) {
    pool.tiles(of: columns, size: Self.tileColumns) { tile in
      if !shifted { centre(tile) }
      let (sums, squares) = (sums + tile.lowerBound, squares + tile.lowerBound)
      for row in 0..<rows {
        let values = base + row * columns + tile.lowerBound
        for column in 0..<tile.count {
          sums[column] += values[column]
          squares[column] += values[column] * values[column]
        }
      }
    }
    shifted = true
  }

  /// Starts the next block.
  func clear() { rows = 0 }

  /// Subtracts the means of some columns of the first block, and shifts all later rows by them.
  private func centre(_ tile: Range<Int>) {
    for column in tile {
      var sum = 0.0
      for row in 0..<rows { sum += base[row * columns + column] }
      let mean = sum / Double(rows)
      // Later rows are shifted by `origin` as rounded here, so this block must be, too.
      let origin = shift[column] + mean
      let step = origin - shift[column]
      for row in 0..<rows { base[row * columns + column] -= step }
      shift[column] = origin
    }
  }
}
