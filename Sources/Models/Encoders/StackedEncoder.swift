import LinearAlgebra

/// Two maps instead of one: `g = γ·σ(ReLU(BN(x·W₀ᵀ))·W₁ᵀ)` (paper, section 3.2: stacking layers).
///
/// Both weights are `[N·d, N·d]`, without bias; the batch normalisation is over `N·d` columns.
final class StackedEncoder: FieldEncoder {
  var parameters: [Parameter] {
    hidden.parameters + normalization.parameters + linear.parameters + activation.parameters
  }
  var statistics: [RunningStatistic] { normalization.statistics }
  private let hidden: LinearLayer
  private let normalization: BatchNormalization
  private let rectifier: Rectifier
  private let linear: LinearLayer
  private let activation: DenseLayer
  private let hiddenGradient: Matrix

  /// Makes `name.0`, `name.0.norm` and `name.output`.
  init(_ blueprint: Blueprint, named name: String) {
    let width = blueprint.width
    hidden = LinearLayer(blueprint, named: "\(name).0", from: width, to: width, bias: false)
    normalization = BatchNormalization(blueprint, named: "\(name).0.norm", width: width)
    rectifier = Rectifier(blueprint)
    linear = LinearLayer(blueprint, named: "\(name).output", from: width, to: width, bias: false)
    activation = blueprint.encoderActivation(named: name, width: width)
    hiddenGradient = Matrix(rows: blueprint.batchCapacity, columns: width)
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    let normalized = normalization.forward(hidden.forward(input.flattened), pass)
    let product = linear.forward(rectifier.forward(normalized, pass))
    return FieldTensor(activation.forward(product, pass), fields: input.fields)
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldTensor) {
    let gradient = hiddenGradient.view.rows(0..<outputGradient.batch)
    linear.backward(
      activation.backward(outputGradient.flattened), to: gradient, overwriting: true)
    hidden.backward(
      normalization.backward(rectifier.backward(gradient)), to: inputGradient.flattened,
      overwriting: false)
  }
}
