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

  func mostChange(count: Int, learningRate: Double, mostNorm: Double) -> Double {
    learningRate * mostNorm
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep
  ) {
    value = value - gradient * Scalar(step.stepSize)
  }

  func update(_ span: UpdateSpan, decay: Scalar, _ step: UpdateStep) {
    UpdateKernel.run(self, span, decay: decay, step)
  }

  func update(_ rows: UpdateRows, decay: Scalar, _ step: UpdateStep) {
    rows.forEachSpan { UpdateKernel.run(self, $0, decay: decay, step) }
  }

  func update(_ rows: IdleSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>) {
    IdleKernel.run(self, rows, decay: decay, steps)
  }
}
