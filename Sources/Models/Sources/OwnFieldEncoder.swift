import LinearAlgebra
import Platform

/// Every field generated from itself alone: `gᵢ = γ·σ(vᵢ·Pᵢ)` (Yin et al., 2025: own for all).
///
/// One `d × d` matrix per field, in a weight of shape `[N, d, d]` whose rows are the input's
/// elements, without bias.
final class OwnFieldEncoder: FieldEncoder {
  let operations = 0
  private let weight: Parameter
  private let weightSums: PieceSums
  private let product: Matrix
  private let activation: DenseLayer
  private let fields: Range<Int>
  private let pool: WorkerPool
  private var input: FieldTensor?

  /// Creates `weight`, Xavier-normal, in the context's scope; generates `fields`.
  init(
    _ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings,
    generating fields: Range<Int>
  ) {
    weight = context.parameter(
      "weight", shape: [shape.fields, shape.dimension, shape.dimension], multiplying: fields,
      .xavierNormal)
    weightSums = PieceSums(context, of: weight)
    let width = shape.columns(of: fields).count
    product = context.matrix(columns: width)
    activation = settings.activationLayer(context, width: width)
    self.fields = fields
    pool = context.pool
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let input = input.tensor
    self.input = input
    let product = FieldTensor(product.view.rows(0..<input.batch), fields: fields.count)
    pool.run(fields.count) { index in
      let field = fields.lowerBound + index
      MatrixProduct.multiply(
        input.field(field), map(weight.value.view, field, input.dimension),
        into: product.field(index), overwriting: true)
    }
    return FieldTensor(activation.forward(product.flattened, pass), fields: fields.count)
  }

  /// One product per field: `[fields, batch, d]` times `[fields, d, d]`.
  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let byField = graph.apply(.transpose([1, 0, 2]), to: [input.stacked(graph)])
    let products = graph.apply(.matrixProduct, to: [byField, graph.weight(weight)])
    let rows = graph.apply(.transpose([1, 0, 2]), to: [products])
    let flattened = graph.apply(.reshape(rowShape: [input.width]), to: [rows])
    return input.with(activation.graph(flattened, graph)).selecting(fields, graph)
  }

  /// `∂Pᵢ += vᵢᵀ·δᵢ` and `∂vᵢ += δᵢ·Pᵢᵀ` with `δ = γ·σ′ ⊙ ∂g`.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    guard let input else { preconditionFailure("OwnFieldEncoder: backward before forward") }
    let delta = FieldTensor(activation.backward(outputGradient.flattened), fields: fields.count)
    pool.run(fields.count) { index in
      let field = fields.lowerBound + index
      weightSums.add(
        batch: input.batch, to: weight.gradient.view,
        part: { map($0, field, input.dimension) }
      ) { _, rows, gradient in
        MatrixProduct.multiply(
          input.field(field).rows(rows), transposingA: true, delta.field(index).rows(rows),
          into: gradient, overwriting: false)
      }
      MatrixProduct.multiply(
        delta.field(index), map(weight.value.view, field, input.dimension), transposingB: true,
        into: inputGradient.tensor.field(field), overwriting: false)
    }
  }

  /// One field's matrix, a row of the parameter.
  private func map(_ matrices: MatrixView, _ field: Int, _ dimension: Int) -> MatrixView {
    MatrixView(
      base: matrices.row(field), rows: dimension, columns: dimension, stride: dimension)
  }
}
