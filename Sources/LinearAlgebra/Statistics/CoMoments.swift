import COpenBLAS
import Platform

/// `Σ aᵀb` over blocks of shifted rows, divided into fixed tiles of the result.
///
/// The bits of a tile depend on its shape, not on its thread or the number of threads.
final class CoMoments {
  /// A rectangle of the result, computed by one task.
  private struct Tile {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  private let rows: Int
  private let columns: Int
  private let sums: UnsafeMutablePointer<Double>
  private let tiles: [Tile]
  private let symmetric: Bool

  /// Allocates zeros for `left` by `right` columns; `symmetric` sums only the upper triangle.
  init(left: Int, right: Int, symmetric: Bool) {
    precondition(!symmetric || left == right, "CoMoments: \(left)×\(right) is not symmetric")
    rows = left
    columns = right
    self.symmetric = symmetric
    sums = .allocate(capacity: left * right)
    sums.initialize(repeating: 0, count: left * right)
    let all = Self.ranges(left).flatMap { rows in
      Self.ranges(right).filter { !symmetric || $0.lowerBound >= rows.lowerBound }.map {
        Tile(rows: rows, columns: $0)
      }
    }
    // Tiles on the diagonal are half the work of others: last in order, they balance the threads.
    tiles =
      symmetric ? all.filter { $0.rows != $0.columns } + all.filter { $0.rows == $0.columns } : all
  }

  deinit { sums.deallocate() }

  /// The number of tasks per pair of blocks.
  var taskCount: Int { tiles.count }

  /// Adds a pair of blocks to one tile.
  func add(task index: Int, _ left: RowBlock, _ right: RowBlock) {
    let tile = tiles[index]
    let target = sums + tile.rows.lowerBound * columns + tile.columns.lowerBound
    let source = left.base + tile.rows.lowerBound
    if symmetric && tile.rows == tile.columns {
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, CblasTrans, blasint(tile.rows.count), blasint(left.rows), 1,
        source, blasint(left.columns), 1, target, blasint(columns))
    } else {
      cblas_dgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, blasint(tile.rows.count),
        blasint(tile.columns.count), blasint(left.rows), 1, source, blasint(left.columns),
        right.base + tile.columns.lowerBound, blasint(right.columns), 1, target,
        blasint(columns))
    }
  }

  /// `Σ (a − ā)ᵀ(b − b̄) = Σ aᵀb − Σaᵀ·Σb / n` over `count` rows; both triangles if `symmetric`.
  func matrix(_ left: RowBlock, _ right: RowBlock, count: Int) -> DoubleMatrix {
    var elements = Array(UnsafeBufferPointer(start: sums, count: rows * columns))
    let divisor = Double(max(count, 1))
    for row in 0..<rows {
      let mean = left.sum(row) / divisor
      for column in (symmetric ? row : 0)..<columns {
        elements[row * columns + column] -= mean * right.sum(column)
      }
    }
    if symmetric {
      for row in 0..<rows {
        for column in 0..<row {
          elements[row * columns + column] = elements[column * columns + row]
        }
      }
    }
    return DoubleMatrix(rows: rows, columns: columns, elements: elements)
  }

  /// Near-equal ranges of at most 200, each but the last a multiple of 8.
  private static func ranges(_ count: Int) -> [Range<Int>] {
    let parts = (count + 199) / 200
    let width = ((count + parts - 1) / parts + 7) / 8 * 8
    return stride(from: 0, to: count, by: width).map { $0..<min(count, $0 + width) }
  }
}
