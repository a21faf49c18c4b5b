import LinearAlgebra
import Platform

/// Fields attend to one another: `g = γ·σ(ReLU(LN(attention(x·Qᵀ, x·Kᵀ, x·Vᵀ))))` (Yin et al.,
/// 2025).
///
/// Four heads; `Q`, `K` and `V` are `[d, d]`, shared by the fields, without bias; no map after the
/// heads and no residual of its own; the layer normalisation is over a field's d elements.
final class SelfAttentionEncoder: FieldEncoder {
  var operations: Int { attention.operations }
  private let query: LinearLayer
  private let key: LinearLayer
  private let value: LinearLayer
  private let attention: FieldAttention
  private let attended: Matrix
  private let normalization: LayerNormalization
  private let rectifier: ActivationLayer<ReLU>
  private let activation: DenseLayer
  private let gradients: [Matrix]
  private let pool: WorkerPool
  private var last: (operands: FieldAttention.Operands, pass: Pass)?

  /// Creates `query.weight`, `key.weight`, `value.weight` and `norm` in the context's scope.
  init(_ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings) {
    let dimension = shape.dimension
    let vectors = context.forVectors(shape.fields)
    func map(_ part: String) -> LinearLayer {
      LinearLayer(vectors.scoped(part), inputs: dimension, outputs: dimension, bias: false)
    }
    (query, key, value) = (map("query"), map("key"), map("value"))
    attention = FieldAttention(
      context, fields: shape.fields, dimension: dimension, heads: EncoderSettings.attentionHeads,
      dropout: settings.attentionDropout)
    attended = context.matrix(columns: shape.width)
    normalization = LayerNormalization(vectors.scoped("norm"), width: dimension)
    rectifier = ActivationLayer(context, width: shape.width)
    activation = settings.activationLayer(context, width: shape.width)
    gradients = (0..<3).map { _ in context.matrix(columns: shape.width) }
    pool = context.pool
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let vectors = LayerInput.dense(input.tensor.vectors)
    func tensor(_ vectors: MatrixView) -> FieldTensor {
      FieldTensor(
        base: vectors.base, batch: input.batch, fields: input.fields, dimension: input.dimension)
    }
    let operands = FieldAttention.Operands(
      queries: tensor(query.forward(vectors)), keys: tensor(key.forward(vectors)),
      values: tensor(value.forward(vectors)))
    last = (operands, pass)
    let attended = FieldTensor(attended.view.rows(0..<input.batch), fields: input.fields)
    attention.forward(operands, pass, into: attended)
    _ = normalization.forward(attended.vectors, pass)
    let rectified = rectifier.forward(attended.flattened, pass)
    return FieldTensor(activation.forward(rectified, pass), fields: input.fields)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let dimension = input.dimension
    let vectors = graph.apply(.reshape(rowShape: [dimension]), to: [input.flattened])
    let attended = attention.graph(
      queries: query.graph(vectors, graph), keys: key.graph(vectors, graph),
      values: value.graph(vectors, graph), dimension: dimension, graph)
    let rectified = rectifier.graph(normalization.graph(attended, graph), graph)
    let rows = graph.apply(.reshape(rowShape: [input.width]), to: [rectified])
    return input.with(activation.graph(rows, graph))
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    guard let last else { preconditionFailure("SelfAttentionEncoder: backward before forward") }
    let gradient = FieldTensor(
      rectifier.backward(activation.backward(outputGradient.flattened)),
      fields: outputGradient.fields)
    _ = normalization.backward(gradient.vectors)
    let parts = gradients.map { matrix in
      let rows = matrix.view.rows(0..<gradient.batch)
      pool.tiles(of: rows.rows, size: 64) { rows.rows($0).fill(0) }
      return FieldTensor(rows, fields: gradient.fields)
    }
    attention.backward(
      gradient, last.operands, last.pass,
      addingTo: .init(queries: parts[0], keys: parts[1], values: parts[2]))
    for (map, part) in zip([query, key, value], parts) {
      map.backward(part.vectors, to: .dense(inputGradient.tensor.vectors), overwriting: false)
    }
  }
}

extension FieldTensor {
  /// All vectors, one per row: `[batch · fields, dimension]`.
  fileprivate var vectors: MatrixView {
    MatrixView(base: base, rows: batch * fields, columns: dimension, stride: dimension)
  }
}
