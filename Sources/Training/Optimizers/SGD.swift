import LinearAlgebra

/// Stochastic gradient descent without momentum, as `torch.optim.SGD` by default: `w ← w − η·g`.
struct SGD: ElementwiseRule {
  static let moments = 0
  static let momentNames: [String] = []
  static let movesByHistory = false

  var description: String { "sgd (momentum 0)" }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    UpdateStep(stepSize: learningRate)
  }

  func updateNormBound(count: Int, learningRate: Double, gradientNormBound: Double) -> Double {
    learningRate * gradientNormBound
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, decay: Scalar, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep
  ) {
    value = value - gradient * Scalar(step.stepSize)
  }
}
