import LinearAlgebra
import Platform

/// One vector for all fields: `gᵢ = γ·σ(x·W)` for every i (Yin et al., 2025: field-shared).
///
/// The weight is one block `[d, N·d]`, without bias. The authors' code builds all N blocks and
/// reads the first.
final class FieldSharedEncoder: FieldEncoder {
  let operations = 0
  private let linear: LinearLayer
  private let activation: DenseLayer
  private let output: Matrix
  private let gradient: Matrix
  private let fields: Int
  private let pool: WorkerPool

  /// Creates `weight` in the context's scope; repeats the vector for so many `fields`.
  init(
    _ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings,
    generating fields: Int
  ) {
    linear = LinearLayer(context, inputs: shape.width, outputs: shape.dimension, bias: false)
    activation = settings.activationLayer(context, width: shape.dimension)
    output = context.matrix(columns: fields * shape.dimension)
    self.fields = fields
    gradient = context.matrix(columns: shape.dimension)
    pool = context.pool
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let shared = linear.forward(input.flattened, through: activation, pass)
    let output = FieldTensor(output.view.rows(0..<input.batch), fields: fields)
    pool.tiles(of: input.batch, size: 64) { rows in
      for field in 0..<fields { output.rows(rows).field(field).copy(from: shared.rows(rows)) }
    }
    return output
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let shared = activation.graph(linear.graph(input.flattened, graph), graph)
    return input.with(
      graph.apply(.concatenate, to: Array(repeating: shared, count: fields)), fields: fields)
  }

  /// The shared vector's gradient is the sum of those of all fields.
  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    let gradient = gradient.view.rows(0..<outputGradient.batch)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      gradient.rows(rows).fill(0)
      for field in 0..<outputGradient.fields {
        gradient.rows(rows).add(outputGradient.rows(rows).field(field))
      }
    }
    linear.backward(activation.backward(gradient), to: inputGradient.flattened, overwriting: false)
  }
}
