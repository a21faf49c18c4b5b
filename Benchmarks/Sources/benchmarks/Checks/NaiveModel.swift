import ClickData
import LinearAlgebra
import Models

/// Naive implementation of FM and of DCN V2 with a linear head, row by row in double precision.
struct NaiveModel {
  private let parameters: [String: Parameter]
  private let schema: [FieldSchema]
  private let settings: ModelSettings

  init(_ model: CTRModel, _ settings: ModelSettings) {
    parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0) })
    schema = model.schema
    self.settings = settings
  }

  func logit(_ batch: EncodedBatch, row: Int) -> Double {
    let vectors = schema.indices.map { lookUp("embedding", $0, batch, row) }
    switch settings.backbone {
    case .fm: return linear(batch, row) + pairs(vectors)
    default: return dcn(Array(vectors.joined()))
    }
  }

  /// `Σ_{i<j} ⟨vᵢ, vⱼ⟩`.
  private func pairs(_ vectors: [[Double]]) -> Double {
    var sum = 0.0
    for i in vectors.indices {
      for j in vectors.indices where j > i {
        for (a, b) in zip(vectors[i], vectors[j]) { sum += a * b }
      }
    }
    return sum
  }

  private func linear(_ batch: EncodedBatch, _ row: Int) -> Double {
    let bias = parameters["first_order.bias"]
    return schema.indices.reduce(bias.map { Double($0.value.base[0]) } ?? 0) {
      $0 + lookUp("first_order", $1, batch, row)[0]
    }
  }

  /// `head([X_L ; MLP(x)])`, `X_{l+1} = X_l + G_l ⊙ (X_l·W_lᵀ)`.
  private func dcn(_ x: [Double]) -> Double {
    var state = x
    for layer in 0..<settings.crossLayers {
      let source = generated("cross.\(layer).encoder", state, x)
      let product = dense("cross.\(layer)", state)
      state = state.indices.map { state[$0] + source[$0] * product[$0] }
    }
    var deep = x
    for layer in settings.deep.hiddenUnits.indices {
      deep = dense("dnn.\(layer)", deep).map { max($0, 0) }
    }
    return dense("head.output", state + deep)[0]
  }

  /// `γ·ReLU(x·Wᵀ)`, plus the input if residual; the raw embedding in the discriminative paradigm.
  private func generated(_ name: String, _ state: [Double], _ x: [Double]) -> [Double] {
    guard settings.paradigm == .generative else { return x }
    let input = settings.encoder.input == .embedding ? x : state
    return zip(dense(name, input), input).map { product, own in
      settings.encoder.gamma * max(product, 0) + (settings.encoder.residual ? own : 0)
    }
  }

  private func dense(_ name: String, _ input: [Double]) -> [Double] {
    guard let weight = parameters["\(name).weight"] else { return [] }
    let bias = parameters["\(name).bias"]
    return (0..<weight.shape[0]).map { output in
      input.indices.reduce(bias.map { Double($0.value.base[output]) } ?? 0) {
        $0 + input[$1] * Double(weight.value[output, $1])
      }
    }
  }

  private func lookUp(_ table: String, _ field: Int, _ batch: EncodedBatch, _ row: Int) -> [Double]
  {
    guard let weight = parameters["\(table).\(schema[field].name).weight"] else { return [0] }
    let value = batch.values(field).map { Double($0[row]) } ?? 1
    return (0..<weight.shape[1]).map {
      value * Double(weight.value[Int(batch.ids(field)[row]), $0])
    }
  }
}
