import COpenBLAS
import Platform

/// `Σ (a − ā)ᵀ(b − b̄)` over blocks of rows, cut into fixed tiles of the result.
///
/// The bits of a tile depend on its shape alone, never on which thread computed it or how many there are.
final class CoMoments {
  private struct Tile {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  private let rows: Int
  private let columns: Int
  private let sums: UnsafeMutablePointer<Double>
  private let tiles: [Tile]
  private let symmetric: Bool

  /// Allocates zeros for `left` by `right` columns; where `symmetric`, only the upper triangle is computed.
  init(left: Int, right: Int, symmetric: Bool) {
    precondition(!symmetric || left == right, "CoMoments: \(left)×\(right) is not symmetric")
    rows = left
    columns = right
    self.symmetric = symmetric
    sums = .allocate(capacity: left * right)
    sums.initialize(repeating: 0, count: left * right)
    tiles = Self.ranges(left).flatMap { rows in
      Self.ranges(right).filter { !symmetric || $0.lowerBound >= rows.lowerBound }.map {
        Tile(rows: rows, columns: $0)
      }
    }
  }

  deinit { sums.deallocate() }

  /// Adds one pair of centred blocks that follow `count` rows.
  func add(_ left: RowBlock, _ right: RowBlock, after count: Int, pool: WorkerPool) {
    _ = OpenBLAS.onOneThread
    let block = left.rows
    let weight = Double(count) * Double(block) / Double(count + block)
    pool.run(tiles.count) { index in
      let tile = tiles[index]
      let target = sums + tile.rows.lowerBound * columns + tile.columns.lowerBound
      let source = left.base + tile.rows.lowerBound
      if symmetric && tile.rows == tile.columns {
        cblas_dsyrk(
          CblasRowMajor, CblasUpper, CblasTrans, blasint(tile.rows.count), blasint(block), 1,
          source, blasint(left.columns), 1, target, blasint(columns))
      } else {
        cblas_dgemm(
          CblasRowMajor, CblasTrans, CblasNoTrans, blasint(tile.rows.count),
          blasint(tile.columns.count), blasint(block), 1, source, blasint(left.columns),
          right.base + tile.columns.lowerBound, blasint(right.columns), 1, target,
          blasint(columns))
      }
      guard weight > 0 else { return }
      for row in tile.rows {
        let scale = weight * left.meanShift[row]
        for column in tile.columns {
          sums[row * columns + column] += scale * right.meanShift[column]
        }
      }
    }
  }

  /// The whole matrix; the lower triangle mirrors the upper one where `symmetric`.
  var matrix: DoubleMatrix {
    var elements = Array(UnsafeBufferPointer(start: sums, count: rows * columns))
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
