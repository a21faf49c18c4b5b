import LinearAlgebra
import Platform

/// The pairwise sum with one weight per pair: `logit += Σ_{i<j} r_{ij}·⟨sᵢ, tⱼ⟩` (Pan et al.,
/// 2018).
///
/// `s` is the source, `t` the target, both `[batch, fields, dimension]`; `r` is `[pairs]`. Keeps
/// the inner products for backward, which overwrites them.
final class WeightedPairwiseSum {
  var operations: Int { vector.operations + 2 * products.columns }
  private let weight: Parameter
  private let vector: PairwiseVector
  private let products: Matrix
  private let weightSums: ColumnSums
  private let pool: WorkerPool
  /// The inner products of the last forward, before their weights; until backward.
  private(set) var lastProducts: MatrixView?

  /// Creates `weight` in the context's scope, Xavier-normal as that of a `Linear(pairs, 1)`.
  init(_ context: LayerContext, _ shape: FieldShape) {
    weight = context.parameter("weight", shape: [shape.pairs], .xavierNormal)
    vector = PairwiseVector(context, shape)
    products = context.matrix(columns: shape.pairs)
    pool = context.pool
    weightSums = context.columnSums(columns: shape.pairs)
  }

  /// Adds each row's weighted sum to its logit.
  func forward(source: FieldTensor, target: FieldTensor, addingTo logits: MatrixView) {
    let products = products.view.rows(0..<source.batch)
    vector.forward(source: source, target: target, into: products)
    lastProducts = products
    pool.tiles(of: source.batch, size: 64) { rows in
      for row in rows {
        logits[row, 0] += Scalar(
          VectorKernels.dot(products.row(row), weight.value.base, count: products.columns))
      }
    }
  }

  /// The sum as operations of a graph.
  func graph(
    source: GraphVectors, target: GraphVectors, _ graph: GraphBuilder
  ) -> GraphValue {
    let products = vector.graph(source: source, target: target, graph)
    let weights = graph.weight(weight.name, weight.flushedValue(), shape: [1, weight.count])
    return graph.apply(.linear, to: [products, weights])
  }

  /// `∂r_{ij} += Σ_batch g·⟨sᵢ, tⱼ⟩`; then `g·r_{ij}`, the gradient of a product, replaces the
  /// product and is passed on.
  func backward(
    _ logitGradient: MatrixView, addingTo sourceGradient: FieldTensor,
    _ targetGradient: FieldTensor
  ) {
    let products = products.view.rows(0..<logitGradient.rows)
    weightSums.compute(rows: products.rows) { row, partial in
      let gradient = Double(logitGradient[row, 0])
      let values = products.row(row)
      for pair in 0..<products.columns { partial[pair] += gradient * Double(values[pair]) }
    }
    weightSums.addSums(of: 0..<products.columns, to: weight.gradient.base)
    pool.tiles(of: products.rows, size: 64) { rows in
      for row in rows {
        ShortVectorKernels.copy(
          weight.value.base, times: logitGradient[row, 0], to: products.row(row),
          count: products.columns)
      }
    }
    vector.backward(products, addingTo: sourceGradient, targetGradient)
  }
}
