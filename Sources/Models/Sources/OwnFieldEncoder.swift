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
  private let pool: WorkerPool
  private var input: FieldTensor?

  /// Creates `weight`, Xavier-normal, in the context's scope.
  init(_ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings) {
    weight = context.parameter(
      "weight", shape: [shape.fields, shape.dimension, shape.dimension], .xavierNormal)
    weightSums = PieceSums(context, of: weight)
    product = context.matrix(columns: shape.width)
    activation = settings.activationLayer(context, width: shape.width)
    pool = context.pool
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let input = input.tensor
    self.input = input
    let product = FieldTensor(product.view.rows(0..<input.batch), fields: input.fields)
    pool.run(input.fields) { field in
      MatrixProduct.multiply(
        input.field(field), map(weight.value.view, field, input.dimension),
        into: product.field(field),
        overwriting: true)
    }
    return FieldTensor(activation.forward(product.flattened, pass), fields: input.fields)
  }

  /// One product per field: `[fields, batch, d]` times `[fields, d, d]`.
  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let byField = graph.apply(.transpose([1, 0, 2]), to: [input.stacked(graph)])
    let products = graph.apply(.matrixProduct, to: [byField, graph.weight(weight)])
    let rows = graph.apply(.transpose([1, 0, 2]), to: [products])
    let flattened = graph.apply(.reshape(rowShape: [input.width]), to: [rows])
    return input.with(activation.graph(flattened, graph))
  }

  /// `∂Pᵢ += vᵢᵀ·δᵢ` and `∂vᵢ += δᵢ·Pᵢᵀ` with `δ = γ·σ′ ⊙ ∂g`.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    guard let input else { preconditionFailure("OwnFieldEncoder: backward before forward") }
    let delta = FieldTensor(activation.backward(outputGradient.flattened), fields: input.fields)
    pool.run(input.fields) { field in
      weightSums.add(
        batch: input.batch, to: weight.gradient.view,
        part: { map($0, field, input.dimension) }
      ) { _, rows, gradient in
        MatrixProduct.multiply(
          input.field(field).rows(rows), transposingA: true, delta.field(field).rows(rows),
          into: gradient, overwriting: false)
      }
      MatrixProduct.multiply(
        delta.field(field), map(weight.value.view, field, input.dimension), transposingB: true,
        into: inputGradient.tensor.field(field), overwriting: false)
    }
  }

  /// One field's matrix, a row of the parameter.
  private func map(_ matrices: MatrixView, _ field: Int, _ dimension: Int) -> MatrixView {
    MatrixView(
      base: matrices.row(field), rows: dimension, columns: dimension, stride: dimension)
  }
}
