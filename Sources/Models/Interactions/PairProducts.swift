import LinearAlgebra
import Platform

/// The products of all pairs of fields, `[rows, pairs]`, of layers that otherwise only sum them.
///
/// Computed for an analysis, never in a training step. Pairs are in the order (0,1), (0,2), …, (1,2), ….
final class PairProducts {
  private var products: Matrix?

  /// Has `product` fill the column of each pair `i < j`, for some rows at a time; returns all columns.
  func make(
    _ left: FieldTensor, _ right: FieldTensor, _ pool: WorkerPool,
    _ product: (_ rows: Range<Int>, _ pair: Int, _ i: Int, _ j: Int, _ column: MatrixView) -> Void
  ) -> MatrixView {
    let pairs = PairwiseVectorKernel.pairs(of: left.fields)
    let held = products.flatMap { $0.rows >= left.batch ? $0 : nil }
    let matrix = held ?? Matrix(rows: left.batch, columns: pairs)
    products = matrix
    let view = matrix.view.rows(0..<left.batch)
    pool.tiles(of: left.batch, size: 64) { rows in
      var pair = 0
      for i in 0..<left.fields {
        for j in i + 1..<left.fields {
          product(rows, pair, i, j, view.columns(pair..<pair + 1))
          pair += 1
        }
      }
    }
    return view
  }
}
