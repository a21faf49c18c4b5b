import LinearAlgebra

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as `torch.optim.AdamW`.
///
/// `w ← w − η·λ·w`, then Adam's step on the gradient without `λ·w`.
struct AdamW: ElementwiseRule {
  static let moments = Adam.moments
  static let momentNames = Adam.momentNames
  static let weightDecay = WeightDecay.decoupled
  static let movesByHistory = Adam.movesByHistory

  private let adam = Adam()

  var description: String { "adamw (\(adam.constantsText))" }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    var constants = adam.constants(ofStep: step, learningRate: learningRate)
    constants.decayScale = learningRate
    return constants
  }

  func updateNormBound(count: Int, learningRate: Double, gradientNormBound: Double) -> Double {
    adam.updateNormBound(
      count: count, learningRate: learningRate, gradientNormBound: gradientNormBound)
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, decay: Scalar, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep
  ) {
    value = value - value * (Scalar(step.decayScale) * decay)
    adam.update(&value, gradient: gradient, decay: 0, first: &first, second: &second, step)
  }
}
