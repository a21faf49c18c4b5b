import LinearAlgebra

/// Stochastic gradient descent without momentum, as `torch.optim.SGD` by default: `w ← w − η·g`.
struct SGD: ElementwiseRule {
  static let moments = 0
  static let momentNames: [String] = []

  private var stepSize: Scalar = 0

  var description: String { "sgd (momentum 0)" }

  mutating func begin(step: Int, learningRate: Double) { stepSize = Scalar(learningRate) }

  @inline(__always)
  func update(_ value: inout Lanes, gradient: Lanes, first: inout Lanes, second: inout Lanes) {
    value -= gradient * stepSize
  }

  func update(_ span: UpdateSpan, _ shaping: GradientShaping) {
    UpdateKernel.run(self, span, shaping)
  }
}
