import LinearAlgebra
import Platform

/// The sum of all ordered pairs' inner products: `logit += Σ_{i<j} ⟨sᵢ, tⱼ⟩ = Σᵢ ⟨sᵢ, Tᵢ⟩`, `Tᵢ =
/// Σ_{j>i} tⱼ`.
///
/// `s` is the source, without or with its last field, `t` the target, both `[batch, fields,
/// dimension]`. Backward: `∂/∂sᵢ = g·Tᵢ`
/// and `∂/∂tⱼ = g·Σ_{i<j} sᵢ`: O(fields · dimension) per row in both directions. With `s = t` this
/// is the factorisation machine `½(‖Σv‖² − Σ‖v‖²)` (Rendle, 2010). Keeps views of its operands for
/// backward.
final class PairwiseSum {
  /// Floating-point operations per row: suffix sums, and a product and a sum per element.
  let operations: Int
  private let pool: WorkerPool
  private let productCache = PairProducts()
  private var source: FieldTensor?
  private var target: FieldTensor?

  init(_ context: LayerContext, _ shape: FieldShape) {
    operations = 3 * shape.width
    pool = context.pool
  }

  /// Adds each row's sum to its logit.
  func forward(source: FieldTensor, target: FieldTensor, addingTo logits: MatrixView) {
    precondition(
      source.pairs(with: target) && logits.rows == source.batch,
      "PairwiseSum: source \(source.batch)×\(source.width), target \(target.batch)×\(target.width)")
    self.source = source
    self.target = target
    pool.tiles(of: source.batch, size: 256) { rows in
      for row in rows {
        logits[row, 0] += PairwiseKernel.sum(
          source: source.base + row * source.width, target: target.base + row * target.width,
          fields: target.fields, dimension: source.dimension)
      }
    }
  }

  /// The sum as operations of a graph.
  func graph(
    source: GraphVectors, target: GraphVectors, _ graph: GraphBuilder
  ) -> GraphValue {
    let sums = graph.sumsOfLaterFields(target, of: source.fields)
    let flattened = graph.apply(.reshape(rowShape: [source.width]), to: [sums])
    return graph.rowProducts(source.flattened, flattened)
  }

  /// What the last forward summed, computed on demand: `(⟨sᵢ, tⱼ⟩)_{i<j}`.
  var lastProducts: MatrixView? {
    guard let source, let target else { return nil }
    return productCache.make(rows: target.batch, fields: target.fields, pool) {
      rows, _, i, j, products in
      let (s, t) = (source.field(i), target.field(j))
      for row in rows {
        products[row, 0] = Scalar(
          VectorKernels.dot(s.row(row), t.row(row), count: source.dimension))
      }
    }
  }

  /// Adds each operand's gradient; the two may be the same tensor.
  func backward(
    _ logitGradient: MatrixView, addingTo sourceGradient: FieldTensor,
    _ targetGradient: FieldTensor
  ) {
    guard let source, let target else {
      preconditionFailure("PairwiseSum: backward before forward")
    }
    pool.tiles(of: source.batch, size: 256) { rows in
      for row in rows {
        let (sourceOffset, offset) = (row * source.width, row * target.width)
        PairwiseKernel.addGradients(
          logitGradient[row, 0], source: source.base + sourceOffset,
          target: target.base + offset, sourceGradient: sourceGradient.base + sourceOffset,
          targetGradient: targetGradient.base + offset,
          fields: target.fields, dimension: source.dimension)
      }
    }
  }
}

extension GraphBuilder {
  /// `Tᵢ = Σ_{j>i} tⱼ` of the first `count` fields, `[batch, count, dimension]`: `U·t` with ones
  /// above the diagonal of `U`.
  func sumsOfLaterFields(_ target: GraphVectors, of count: Int) -> GraphValue {
    let fields = target.fields
    let above = Matrix(rows: count, columns: fields)
    for row in 0..<count {
      for column in row + 1..<max(fields, row + 1) { above[row, column] = 1 }
    }
    let ones = weight("later_fields", above, shape: [count, fields])
    return apply(.matrixProduct, to: [ones, target.stacked(self)])
  }
}

/// The products of all pairs of fields, `[rows, pairs]`, of layers that otherwise only sum them.
///
/// Computed for an analysis, never in a training step. Pairs are in the order (0,1), (0,2), …,
/// (1,2), ….
final class PairProducts {
  private var products: Matrix?

  /// All pairs of so many fields, in their order.
  static func pairs(of fields: Int) -> [(Int, Int)] {
    (0..<fields).flatMap { i in (i..<fields).dropFirst().map { (i, $0) } }
  }

  /// Has `product` fill the column of each pair `i < j` of so many fields, for some rows at a time;
  /// returns all columns.
  func make(
    rows: Int, fields: Int, _ pool: WorkerPool,
    _ product: (_ rows: Range<Int>, _ pair: Int, _ i: Int, _ j: Int, _ column: MatrixView) -> Void
  ) -> MatrixView {
    let pairs = PairwiseVectorKernel.pairs(of: fields)
    let held = products.flatMap { $0.rows >= rows ? $0 : nil }
    let matrix = held ?? Matrix(rows: rows, columns: pairs)
    products = matrix
    let view = matrix.view.rows(0..<rows)
    pool.tiles(of: rows, size: 64) { rows in
      var pair = 0
      for i in 0..<fields {
        for j in i + 1..<fields {
          product(rows, pair, i, j, view.columns(pair..<pair + 1))
          pair += 1
        }
      }
    }
    return view
  }
}
