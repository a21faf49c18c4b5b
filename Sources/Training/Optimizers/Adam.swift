import Glibc
import LinearAlgebra

/// Adam (Kingma and Ba, 2015), with PyTorch's defaults and its place for ε.
///
/// `m ← m + (1 − β₁)(g − m)`, `v ← β₂v + (1 − β₂)g²`,
/// `w ← w − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)`. Constants of a step are computed in double.
struct Adam: ElementwiseRule {
  static let moments = 2
  static let momentNames = ["exp_avg", "exp_avg_sq"]
  static let movesByHistory = true

  private let firstDecay = 0.9
  private let secondDecay = 0.999
  private let epsilon = 1e-8

  var description: String { "adam (\(constantsText))" }

  /// The constants, for the run's record.
  var constantsText: String { "beta1 \(firstDecay), beta2 \(secondDecay), epsilon \(epsilon)" }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    UpdateStep(
      stepSize: learningRate / (1 - pow(firstDecay, Double(step))),
      rootScale: Scalar(1 / (1 - pow(secondDecay, Double(step))).squareRoot()))
  }

  /// By Cauchy and Schwarz `|m| ≤ (1 − β₁)/√(1 − β₂) · √(Σᵢ (β₁²/β₂)ⁱ) · √v` for any gradients, and
  /// `√(1 − β₂ᵗ) ≤ 1 − β₁ᵗ`: no element moves by more than 7.3 η.
  func updateNormBound(count: Int, learningRate: Double, gradientNormBound: Double) -> Double {
    let ratio =
      (1 - firstDecay) / (1 - secondDecay).squareRoot()
      / (1 - firstDecay * firstDecay / secondDecay).squareRoot()
    return ratio * learningRate * Double(count).squareRoot()
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, decay: Scalar, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep
  ) {
    first.addProduct(gradient - first, Scalar(1 - firstDecay))
    var mean = gradient * gradient * Scalar(1 - secondDecay)
    mean.addProduct(second, Scalar(secondDecay))
    second = mean
    let root = second.root() * step.rootScale + Scalar(epsilon)
    value = value - first / root * Scalar(step.stepSize)
  }
}
