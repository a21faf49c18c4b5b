import LinearAlgebra
import Platform

/// The inner products of all ordered pairs: `output = (⟨sᵢ, tⱼ⟩)_{i<j}`, in the order (0,1), (0,2),
/// …, (1,2), ….
///
/// `s` is the source, without or with its last field, `t` the target, both `[batch, fields,
/// dimension]`; the output is `[batch,
/// pairs]`, which may be part of a wider matrix. Backward: `∂sᵢ += Σ_{j>i} ∂p_{ij}·tⱼ`,
/// `∂tⱼ += Σ_{i<j} ∂p_{ij}·sᵢ`. Keeps views of its operands for backward.
final class PairwiseVector {
  let operations: Int
  private static let tile = 64
  private let transposed: Matrix
  private let pool: WorkerPool
  private var source: FieldTensor?
  private var target: FieldTensor?

  init(_ context: LayerContext, _ shape: FieldShape) {
    operations = 2 * shape.pairs * shape.dimension
    // One row of scratch per tile.
    transposed = Matrix(
      rows: (context.batchCapacity + Self.tile - 1) / Self.tile, columns: shape.width)
    pool = context.pool
  }

  /// Writes each row's products.
  func forward(source: FieldTensor, target: FieldTensor, into output: MatrixView) {
    precondition(
      source.pairs(with: target) && output.rows == source.batch
        && output.columns == PairwiseVectorKernel.pairs(of: target.fields),
      """
      PairwiseVector: source \(source.batch)×\(source.width), target \(target.batch)×\(target.width) \
      into \(output.rows)×\(output.columns)
      """)
    self.source = source
    self.target = target
    pool.tiles(of: source.batch, size: Self.tile) { rows in
      let scratch = transposed.view.row(rows.lowerBound / Self.tile)
      for row in rows {
        PairwiseVectorKernel.products(
          source: source.base + row * source.width, target: target.base + row * target.width,
          scratch: scratch, fields: target.fields, dimension: source.dimension,
          into: output.row(row))
      }
    }
  }

  /// The products as operations of a graph: `s·tᵀ` of each row, above the diagonal.
  func graph(
    source: GraphVectors, target: GraphVectors, _ graph: GraphBuilder
  ) -> GraphValue {
    let fields = target.fields
    let transposed = graph.apply(.transpose([0, 2, 1]), to: [target.stacked(graph)])
    let products = graph.apply(.matrixProduct, to: [source.stacked(graph), transposed])
    let flattened = graph.apply(.reshape(rowShape: [source.fields * fields]), to: [products])
    let pairs = PairProducts.pairs(of: fields).map { $0 * fields + $1 }
    return graph.apply(.gather(axis: 1), to: [flattened, graph.indices(pairs)])
  }

  /// Adds each operand's gradient; the two may be the same tensor.
  func backward(
    _ outputGradient: MatrixView, addingTo sourceGradient: FieldTensor,
    _ targetGradient: FieldTensor
  ) {
    guard let source, let target else {
      preconditionFailure("PairwiseVector: backward before forward")
    }
    pool.tiles(of: source.batch, size: Self.tile) { rows in
      for row in rows {
        let (sourceOffset, offset) = (row * source.width, row * target.width)
        PairwiseVectorKernel.addGradients(
          outputGradient.row(row), source: source.base + sourceOffset,
          target: target.base + offset, sourceGradient: sourceGradient.base + sourceOffset,
          targetGradient: targetGradient.base + offset, fields: target.fields,
          dimension: source.dimension)
      }
    }
  }
}
