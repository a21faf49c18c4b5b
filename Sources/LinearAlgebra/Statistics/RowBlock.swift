import Platform

/// Rows of one operand, gathered into blocks of a fixed height and centred in double.
///
/// Blocks end every `height` rows whatever the batches were, so the bits of a result depend neither on how
/// rows arrived nor on the number of threads. Every row is shifted by the first row ever seen, so a column
/// that never changes is exactly zero from then on.
final class RowBlock {
  /// Rows of a full block.
  static let height = 1024
  /// Columns that one task converts or centres: whole cache lines of every row.
  private static let tileColumns = 64

  let columns: Int
  /// The block, `[rows, columns]`, row-major; centred once `centre` has run.
  let base: UnsafeMutablePointer<Double>
  /// Rows gathered since the last block.
  private(set) var rows = 0
  /// How far this block's means lie from the means of the rows before it.
  let meanShift: UnsafeMutablePointer<Double>

  private let scratch: UnsafeMutablePointer<Double>
  private let shift: UnsafeMutablePointer<Double>
  private let blockSums: UnsafeMutablePointer<Double>
  private let shiftedMeans: UnsafeMutablePointer<Double>
  private let squares: UnsafeMutablePointer<Double>
  private var started = false

  init(columns: Int) {
    precondition(columns > 0, "RowBlock: columns must be positive, got \(columns)")
    self.columns = columns
    base = .allocate(capacity: Self.height * columns)
    base.initialize(repeating: 0, count: Self.height * columns)
    scratch = .allocate(capacity: 5 * columns)
    scratch.initialize(repeating: 0, count: 5 * columns)
    meanShift = scratch
    shift = scratch + columns
    blockSums = scratch + 2 * columns
    shiftedMeans = scratch + 3 * columns
    squares = scratch + 4 * columns
  }

  deinit {
    base.deallocate()
    scratch.deallocate()
  }

  /// The means of all folded rows.
  var means: [Double] { (0..<columns).map { shift[$0] + shiftedMeans[$0] } }

  /// `Σ (x − mean)²` by column, over all folded rows.
  var squaredDeviations: [Double] { Array(UnsafeBufferPointer(start: squares, count: columns)) }

  /// Copies rows until the block is full, and says how many it took.
  func take(_ view: MatrixView, from first: Int, pool: WorkerPool) -> Int {
    let taken = min(view.rows - first, Self.height - rows)
    if !started {
      for column in 0..<columns { shift[column] = Double(view[first, column]) }
      started = true
    }
    let start = rows
    pool.tiles(of: columns, size: Self.tileColumns) { tile in
      for index in 0..<taken {
        let source = view.row(first + index) + tile.lowerBound
        let target = base + (start + index) * columns + tile.lowerBound
        let sums = blockSums + tile.lowerBound
        let origin = shift + tile.lowerBound
        for column in 0..<tile.count {
          let value = Double(source[column]) - origin[column]
          target[column] = value
          sums[column] += value
        }
      }
    }
    rows += taken
    return taken
  }

  /// Subtracts the block's own means and adds what it says to the means and squares of all rows.
  ///
  /// With `n` rows before and `b` in the block, `δ` the difference of their means:
  /// `Σ² += Σ_block² + δ²·n·b/(n+b)`, `mean += δ·b/(n+b)` (Chan, Golub and LeVeque, 1979).
  func centre(after count: Int, pool: WorkerPool) {
    let share = Double(rows) / Double(count + rows)
    pool.tiles(of: columns, size: Self.tileColumns) { tile in
      for column in tile {
        let mean = blockSums[column] / Double(rows)
        meanShift[column] = mean - shiftedMeans[column]
        shiftedMeans[column] += meanShift[column] * share
        squares[column] += meanShift[column] * meanShift[column] * share * Double(count)
        blockSums[column] = mean
      }
      for row in 0..<rows {
        let values = base + row * columns + tile.lowerBound
        let means = blockSums + tile.lowerBound
        let sums = squares + tile.lowerBound
        for column in 0..<tile.count {
          let value = values[column] - means[column]
          values[column] = value
          sums[column] += value * value
        }
      }
    }
  }

  /// Starts the next block.
  func clear() {
    rows = 0
    blockSums.update(repeating: 0, count: columns)
  }
}
