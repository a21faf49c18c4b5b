import LinearAlgebra

/// Stochastic gradient descent without momentum, as `torch.optim.SGD` by default: `w ← w − η·g`.
struct SGD: ElementwiseRule {
  static let moments = 0
  static let momentNames: [String] = []

  private var stepSize: Scalar = 0

  var description: String { "sgd (momentum 0)" }

  mutating func begin(step: Int, learningRate: Double) { stepSize = Scalar(learningRate) }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, first: inout Chunk, second: inout Chunk
  ) {
    value = value - gradient * stepSize
  }

  func update(_ span: UpdateSpan, _ shaping: GradientShaping) {
    UpdateKernel.run(self, span, shaping)
  }

  func update(_ rows: UpdateRows, _ shaping: GradientShaping) {
    rows.forEachSpan { UpdateKernel.run(self, $0, shaping) }
  }
}
