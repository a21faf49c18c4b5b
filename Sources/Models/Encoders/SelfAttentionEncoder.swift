import LinearAlgebra
import Platform

/// Fields attend to one another: `g = γ·σ(ReLU(LN(attention(x·Qᵀ, x·Kᵀ, x·Vᵀ))))` (paper, section 3.2).
///
/// Four heads; `Q`, `K` and `V` are `[d, d]`, shared by the fields, without bias; no map after the heads and no
/// residual of its own; the layer normalisation is over a field's d elements.
final class SelfAttentionEncoder: FieldEncoder {
  var parameters: [Parameter] {
    query.parameters + key.parameters + value.parameters + normalization.parameters
      + activation.parameters
  }
  private let query: LinearLayer
  private let key: LinearLayer
  private let value: LinearLayer
  private let attention: FieldAttention
  private let attended: Matrix
  private let normalization: LayerNormalization
  private let rectifier: ActivationLayer
  private let activation: DenseLayer
  private let gradients: [Matrix]
  private let pool: WorkerPool
  private var last: (operands: FieldAttention.Operands, pass: Pass)?

  /// Makes `name.query`, `name.key`, `name.value` and `name.norm`.
  init(_ blueprint: Blueprint, named name: String) {
    let (width, dimension) = (blueprint.width, blueprint.settings.embeddingDimension)
    let vectors = blueprint.batchCapacity * blueprint.schema.count
    let one = blueprint.withCapacity(vectors)
    func map(_ part: String) -> LinearLayer {
      LinearLayer(
        one, named: "\(name).\(part)", from: dimension, to: dimension, bias: false,
        uses: blueprint.schema.count)
    }
    (query, key, value) = (map("query"), map("key"), map("value"))
    attention = FieldAttention(
      blueprint, named: name, heads: EncoderSettings.attentionHeads,
      dropout: blueprint.settings.encoder.attentionDropout)
    attended = Matrix(rows: blueprint.batchCapacity, columns: width)
    normalization = LayerNormalization(
      blueprint, named: "\(name).norm", rows: vectors, width: dimension)
    rectifier = ActivationLayer(blueprint, .relu, width: width)
    activation = blueprint.encoderActivation(named: name, width: width)
    gradients = (0..<3).map { _ in Matrix(rows: blueprint.batchCapacity, columns: width) }
    pool = blueprint.pool
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    func tensor(_ vectors: MatrixView) -> FieldTensor {
      FieldTensor(
        base: vectors.base, batch: input.batch, fields: input.fields, dimension: input.dimension)
    }
    let operands = FieldAttention.Operands(
      queries: tensor(query.forward(input.vectors)), keys: tensor(key.forward(input.vectors)),
      values: tensor(value.forward(input.vectors)))
    last = (operands, pass)
    let attended = FieldTensor(attended.view.rows(0..<input.batch), fields: input.fields)
    attention.forward(operands, pass, into: attended)
    _ = normalization.forward(attended.vectors, pass)
    let rectified = rectifier.forward(attended.flattened, pass)
    return FieldTensor(activation.forward(rectified, pass), fields: input.fields)
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
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
      map.backward(part.vectors, to: inputGradient.vectors, overwriting: false)
    }
  }
}

extension Blueprint {
  /// The same, for layers that see each field's vector as a row.
  fileprivate func withCapacity(_ capacity: Int) -> Blueprint {
    var blueprint = self
    blueprint.batchCapacity = capacity
    return blueprint
  }
}

extension FieldTensor {
  /// All vectors, one a row: `[batch · fields, dimension]`.
  fileprivate var vectors: MatrixView {
    MatrixView(base: base, rows: batch * fields, columns: dimension, stride: dimension)
  }
}
