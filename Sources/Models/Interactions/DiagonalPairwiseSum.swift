import LinearAlgebra
import Platform

/// The pairwise sum with one diagonal matrix per pair: `logit += Σ_{i<j} ⟨lᵢ ⊙ m_{ij}, rⱼ⟩` (Sun et
/// al., 2021, "vectorized").
///
/// `m` is `[pairs, dimension]`. Keeps views of its operands for backward.
final class DiagonalPairwiseSum: FieldMatrixSum {
  let operations: Int
  private let weight: Parameter
  private let weightSums: PieceSums
  private let pool: WorkerPool
  private let productCache = PairProducts()
  private var left: FieldTensor?
  private var right: FieldTensor?

  /// Creates `weight`, Xavier-normal and not regularised, in the context's scope.
  init(_ context: LayerContext, _ shape: FieldShape) {
    weight = context.parameter(
      "weight", shape: [shape.pairs, shape.dimension], regularization: .none, .xavierNormal)
    weightSums = PieceSums(context, of: weight)
    operations = shape.pairs * shape.dimension
    pool = context.pool
  }

  func forward(left: FieldTensor, right: FieldTensor, addingTo logits: MatrixView) {
    precondition(
      right.pairs(with: left) && logits.rows == left.batch,
      "DiagonalPairwiseSum: left \(left.batch)×\(left.width), right \(right.batch)×\(right.width)")
    self.left = left
    self.right = right
    let laterFields = SourceFields.right.vectors(of: right, among: left.fields)
    pool.tiles(of: left.batch, size: 64) { rows in
      for row in rows {
        logits[row, 0] += DiagonalPairKernel.sum(
          left: left.base + row * left.width,
          right: laterFields.row(row), weights: weight.value.base, fields: left.fields,
          dimension: left.dimension)
      }
    }
  }

  /// The operands of each pair side by side, `[batch, pairs · dimension]`, times the weights.
  func graph(left: GraphVectors, right: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let pairs = PairProducts.pairs(of: left.fields)
    let unread = left.fields - right.fields
    let products = graph.apply(
      .multiply,
      to: [
        left.selecting(pairs.map(\.0), graph).flattened,
        right.selecting(pairs.map { $0.1 - unread }, graph).flattened,
      ])
    let weights = graph.weight(weight.name, weight.flushedValue(), shape: [1, weight.count])
    return graph.apply(.linear, to: [products, weights])
  }

  var lastProducts: MatrixView? {
    guard let left, let right else { return nil }
    return productCache.make(rows: left.batch, fields: left.fields, pool) {
      rows, pair, i, j, products in
      let r = SourceFields.right.field(j, of: right, among: left.fields)
      let (l, m) = (left.field(i), weight.value.view.row(pair))
      for row in rows {
        var sum: Scalar = 0
        for k in 0..<left.dimension { sum += l[row, k] * m[k] * r[row, k] }
        products[row, 0] = sum
      }
    }
  }

  /// The operands' gradients by rows; then the weights', in parallel over left fields, which own
  /// their pairs.
  func backward(
    _ logitGradient: MatrixView, addingTo leftGradient: FieldTensor, _ rightGradient: FieldTensor
  ) {
    guard let left, let right else {
      preconditionFailure("DiagonalPairwiseSum: backward before forward")
    }
    let laterFields = SourceFields.right.vectors(of: right, among: left.fields)
    let laterGradients = SourceFields.right.vectors(of: rightGradient, among: left.fields)
    pool.tiles(of: left.batch, size: 64) { rows in
      for row in rows {
        let offset = row * left.width
        DiagonalPairKernel.addGradients(
          logitGradient[row, 0], left: left.base + offset, right: laterFields.row(row),
          weights: weight.value.base, leftGradient: leftGradient.base + offset,
          rightGradient: laterGradients.row(row), fields: left.fields,
          dimension: left.dimension)
      }
    }
    pool.run(left.fields) { field in
      let later = left.fields - field - 1
      let first = weight.gradient.rows - PairwiseVectorKernel.pairs(of: later + 1)
      let pairs = first..<first + later
      weightSums.add(batch: left.batch, to: weight.gradient.view, part: { $0.rows(pairs) }) {
        _, rows, gradient in
        for row in rows {
          let vector = left.base + row * left.width + field * left.dimension
          DiagonalPairKernel.addWeightGradients(
            logitGradient[row, 0], left: vector,
            laterRight: laterFields.row(row) + field * right.dimension,
            later: later, dimension: left.dimension, to: gradient.base)
        }
      }
    }
  }
}
