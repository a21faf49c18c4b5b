import LinearAlgebra

/// Adagrad (Duchi, Hazan and Singer, 2011), with PyTorch's defaults and its place for ε.
///
/// `s ← s + g²`, `w ← w − η·g/(√s + ε)`; `s` starts at 0.
struct Adagrad: ElementwiseRule {
  static let moments = 1
  static let momentNames = ["sum"]
  static let epsilon = 1e-10

  private var stepSize: Scalar = 0

  var description: String { "adagrad (lr_decay 0, initial accumulator 0, epsilon \(Self.epsilon))" }

  mutating func begin(step: Int, learningRate: Double) { stepSize = Scalar(learningRate) }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, first: inout Chunk, second: inout Chunk
  ) {
    first.addProduct(gradient, gradient)
    value = value - gradient / (first.root() + Scalar(Self.epsilon)) * stepSize
  }

  func update(_ span: UpdateSpan, _ shaping: GradientShaping) {
    UpdateKernel.run(self, span, shaping)
  }

  func update(_ rows: UpdateRows, _ shaping: GradientShaping) {
    rows.forEachSpan { UpdateKernel.run(self, $0, shaping) }
  }
}
