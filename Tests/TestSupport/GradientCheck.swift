import LinearAlgebra
import Platform
import Testing

/// Compares a hand-written gradient with central differences along random directions.
///
/// For a direction `r` over all elements of one array, `⟨gradient, r⟩` must equal `(f(x + h·r) −
/// f(x − h·r)) / 2h`: two evaluations whatever the size, so every element takes part. Where a
/// function curves too much for that, differences over `2h` cancel the error of order `h²`.
public enum GradientCheck {
  /// The step: the cube root of the precision, where truncation and rounding balance.
  static let step = MemoryLayout<Scalar>.size == 8 ? 6e-6 : 5e-3

  /// Checks one array of `count` elements at `base` whose analytic gradient is `gradient`.
  public static func check(
    _ label: String, base: UnsafeMutablePointer<Scalar>, count: Int, gradient: [Double],
    directions: Int = 3, tolerance: Tolerance = .gradient,
    sourceLocation: SourceLocation = #_sourceLocation, loss: () -> Double
  ) {
    let original = (0..<count).map { base[$0] }
    for direction in 0..<directions {
      let random = CounterRandom(seed: 7, stream: UInt64(direction))
      let weights = (0..<count).map { random.normal(UInt64($0)) }
      func shifted(_ steps: Double) -> Double {
        for index in 0..<count {
          base[index] = original[index] + Scalar(steps * step * weights[index])
        }
        defer { for index in 0..<count { base[index] = original[index] } }
        return loss()
      }
      func difference(_ steps: Double) -> Double {
        (shifted(steps) - shifted(-steps)) / (2 * steps * step)
      }
      let analytic = zip(gradient, weights).reduce(0) { $0 + $1.0 * $1.1 }
      var numeric = difference(1)
      if !tolerance.holds(analytic, numeric) { numeric += (numeric - difference(2)) / 3 }
      expectClose(
        analytic, numeric, tolerance, "\(label), direction \(direction)",
        sourceLocation: sourceLocation)
    }
  }
}
