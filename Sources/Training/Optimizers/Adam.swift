import Glibc
import LinearAlgebra

/// Adam (Kingma and Ba, 2015), with PyTorch's defaults and its place for ε.
///
/// `m ← m + (1 − β₁)(g − m)`, `v ← β₂v + (1 − β₂)g²`,
/// `w ← w − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)`. Constants of a step are computed in double.
struct Adam: ElementwiseRule {
  static let moments = 2
  static let momentNames = ["exp_avg", "exp_avg_sq"]

  private let firstDecay = 0.9
  private let secondDecay = 0.999
  private let epsilon = 1e-8
  private var stepSize: Scalar = 0
  private var rootScale: Scalar = 0

  var description: String {
    "adam (beta1 \(firstDecay), beta2 \(secondDecay), epsilon \(epsilon))"
  }

  mutating func begin(step: Int, learningRate: Double) {
    stepSize = Scalar(learningRate / (1 - pow(firstDecay, Double(step))))
    rootScale = Scalar(1 / (1 - pow(secondDecay, Double(step))).squareRoot())
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, first: inout Chunk, second: inout Chunk
  ) {
    first.addProduct(gradient - first, Scalar(1 - firstDecay))
    var mean = gradient * gradient * Scalar(1 - secondDecay)
    mean.addProduct(second, Scalar(secondDecay))
    second = mean
    value = value - first / (second.root() * rootScale + Scalar(epsilon)) * stepSize
  }

  func update(_ span: UpdateSpan, _ shaping: GradientShaping) {
    UpdateKernel.run(self, span, shaping)
  }

  func update(_ rows: UpdateRows, _ shaping: GradientShaping) {
    rows.forEachSpan { UpdateKernel.run(self, $0, shaping) }
  }
}
