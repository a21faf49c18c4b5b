import LinearAlgebra
import Platform

/// Memory bandwidth as STREAM measures it: `a[i] = b[i] + s·c[i]` on arrays larger than the caches.
///
/// Two reads and one write per element are counted, but not the read of `a` that an ordinary write
/// causes.
final class Triad {
  private let arrays: [Matrix]
  private let count: Int
  private let pool: WorkerPool
  /// Bytes counted in one pass.
  var bytes: Double { 3 * Double(count) * Double(MemoryLayout<Scalar>.size) }

  init(elements: Int, pool: WorkerPool) {
    count = elements / 4096 * 4096
    self.pool = pool
    arrays = (0..<3).map { _ in Matrix(rows: 1, columns: elements) }
    for array in arrays { array.view.fill(0.5) }
  }

  func pass() {
    let (a, b, c) = (arrays[0].base, arrays[1].base, arrays[2].base)
    pool.tiles(of: count, size: 1 << 16) { range in
      var index = range.lowerBound
      while index < range.upperBound {
        let sum = VectorKernels.load(b + index).addingProduct(VectorKernels.load(c + index), 3)
        VectorKernels.store(sum, a + index)
        index += VectorKernels.Lanes.scalarCount
      }
    }
  }
}
