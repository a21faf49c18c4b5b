import LinearAlgebra

/// How far a result may be from the expected value: `|actual − expected| ≤ absolute + relative ·
/// |expected|`.
///
/// Written so that NaN is never within a tolerance.
public struct Tolerance: Sendable {
  /// The error allowed for any expected value.
  public let absolute: Double
  /// The error allowed as a fraction of the expected value.
  public let relative: Double

  /// Allows an absolute and a relative error together.
  public init(absolute: Double, relative: Double) {
    self.absolute = absolute
    self.relative = relative
  }

  /// Rounding of a few operations in double.
  public static let exact = Tolerance(absolute: 1e-12, relative: 1e-12)
  /// A hand-written derivative compared with central differences, in the precision of this build.
  public static let gradient =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-9, relative: 1e-6) : Tolerance(absolute: 2e-4, relative: 2e-3)
  /// The same sums in another order, in the precision of this build.
  public static let rounding =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-12, relative: 1e-12) : Tolerance(absolute: 1e-5, relative: 1e-5)

  /// A logit or a loss compared with PyTorch's in double, in the precision of this build.
  public static let goldenValue =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-12, relative: 1e-12) : Tolerance(absolute: 1e-5, relative: 0)
  /// A weight after ten steps compared with PyTorch's.
  public static let goldenStep =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-9, relative: 0) : Tolerance(absolute: 1e-4, relative: 0)
  /// A logit after those steps, in which the errors of many weights accumulate.
  public static let goldenEvaluation =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-8, relative: 0) : Tolerance(absolute: 1e-3, relative: 0)

  /// A gradient compared with PyTorch's, in a model whose largest gradient is `largest`: relative
  /// to itself, and to a hundredth of the largest where its terms cancel.
  public static func goldenGradient(largest: Double) -> Tolerance {
    let relative = MemoryLayout<Scalar>.size == 8 ? 1e-9 : 1e-4
    return Tolerance(absolute: relative * largest / 100, relative: relative)
  }

  /// Whether a result is within the tolerance; false if either number is NaN.
  public func holds(_ actual: Double, _ expected: Double) -> Bool {
    abs(actual - expected) <= absolute + relative * abs(expected)
  }
}
