import LinearAlgebra

/// Adagrad (Duchi, Hazan and Singer, 2011), with PyTorch's defaults and its place for ε.
///
/// `s ← s + g²`, `w ← w − η·g/(√s + ε)`; `s` starts at 0.
struct Adagrad: ElementwiseRule {
  static let moments = 1
  static let momentNames = ["sum"]
  static let movesByHistory = false
  static let epsilon = 1e-10

  var description: String { "adagrad (lr_decay 0, initial accumulator 0, epsilon \(Self.epsilon))" }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    UpdateStep(stepSize: learningRate)
  }

  /// `|g| ≤ √s`: no element moves by more than η.
  func mostChange(count: Int, learningRate: Double, mostNorm: Double) -> Double {
    learningRate * Double(count).squareRoot()
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep
  ) {
    first.addProduct(gradient, gradient)
    value = value - gradient / (first.root() + Scalar(Self.epsilon)) * Scalar(step.stepSize)
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
