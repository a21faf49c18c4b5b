import LinearAlgebra
import Platform

/// The element-wise products of all ordered pairs, summed: `b = Σ_{i<j} sᵢ ⊙ tⱼ = Σᵢ sᵢ ⊙ Tᵢ`, `Tᵢ =
/// Σ_{j>i} tⱼ` (He and Chua, 2017, equation 3).
///
/// `s` is the source, without or with its last field, `t` the target, both `[batch, fields,
/// dimension]`; `b` is `[batch, dimension]`. Backward: `∂sᵢ = ∂b ⊙ Tᵢ` and `∂tⱼ = ∂b ⊙ Σ_{i<j}
/// sᵢ`: O(fields · dimension) per row in both directions. With `s = t = v` this is the
/// bi-interaction `½((Σv)² − Σv²)`. Keeps views of its operands for backward.
final class PairwisePooling {
  /// Floating-point operations per row: suffix sums, and a product and a sum per element.
  let operations: Int
  private let pool: WorkerPool
  private var source: FieldTensor?
  private var target: FieldTensor?

  init(_ context: LayerContext, _ shape: FieldShape) {
    operations = 3 * shape.width
    pool = context.pool
  }

  /// Writes each row's sum.
  func forward(source: FieldTensor, target: FieldTensor, into output: MatrixView) {
    precondition(
      source.pairs(with: target) && output.rows == source.batch
        && output.columns == source.dimension,
      """
      PairwisePooling: source \(source.batch)×\(source.width), target \
      \(target.batch)×\(target.width) into \(output.rows)×\(output.columns)
      """)
    self.source = source
    self.target = target
    pool.tiles(of: source.batch, size: 256) { rows in
      for row in rows {
        PairPoolingKernel.pool(
          source: source.base + row * source.width, target: target.base + row * target.width,
          into: output.row(row), fields: target.fields, dimension: source.dimension)
      }
    }
  }

  /// The sum as operations of a graph.
  func graph(
    source: GraphVectors, target: GraphVectors, _ graph: GraphBuilder
  ) -> GraphValue {
    let products = graph.apply(
      .multiply, to: [source.stacked(graph), graph.sumsOfLaterFields(target, of: source.fields)])
    return graph.apply(.sum(axis: 1), to: [products])
  }

  /// Adds each operand's gradient; the two may be the same tensor.
  func backward(
    _ outputGradient: MatrixView, addingTo sourceGradient: FieldTensor,
    _ targetGradient: FieldTensor
  ) {
    guard let source, let target else {
      preconditionFailure("PairwisePooling: backward before forward")
    }
    pool.tiles(of: source.batch, size: 256) { rows in
      for row in rows {
        PairPoolingKernel.addGradients(
          outputGradient.row(row), source: source.base + row * source.width,
          target: target.base + row * target.width,
          sourceGradient: sourceGradient.base + row * sourceGradient.width,
          targetGradient: targetGradient.base + row * targetGradient.width,
          fields: target.fields, dimension: source.dimension)
      }
    }
  }
}
