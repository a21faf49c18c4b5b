import LinearAlgebra

/// How far a result may lie from what is expected: `|actual − expected| ≤ absolute + relative · |expected|`.
///
/// Written so that NaN is never within it.
public struct Tolerance: Sendable {
  /// The error allowed whatever the size of what is expected.
  public let absolute: Double
  /// The error allowed as a share of what is expected.
  public let relative: Double

  /// Allows an absolute and a relative error together.
  public init(absolute: Double, relative: Double) {
    self.absolute = absolute
    self.relative = relative
  }

  /// Rounding of a few operations in double.
  public static let exact = Tolerance(absolute: 1e-12, relative: 1e-12)
  /// A hand-written derivative against central differences, in the precision of this build.
  public static let gradient =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-9, relative: 1e-6) : Tolerance(absolute: 2e-4, relative: 2e-3)
  /// The same sums in another order, in the precision of this build.
  public static let rounding =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-12, relative: 1e-12) : Tolerance(absolute: 1e-5, relative: 1e-5)

  /// A logit or a loss against PyTorch's in double, in the precision of this build.
  public static let goldenValue =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-12, relative: 1e-12) : Tolerance(absolute: 1e-5, relative: 0)
  /// A weight after ten steps against PyTorch's.
  public static let goldenStep =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-9, relative: 0) : Tolerance(absolute: 1e-4, relative: 0)
  /// A logit after those steps: the errors of many weights together.
  public static let goldenEvaluation =
    MemoryLayout<Scalar>.size == 8
    ? Tolerance(absolute: 1e-8, relative: 0) : Tolerance(absolute: 1e-3, relative: 0)

  /// A gradient against PyTorch's, in a model whose largest is `largest`: relative to itself, and to a hundredth of
  /// that where its terms cancel.
  public static func goldenGradient(largest: Double) -> Tolerance {
    let relative = MemoryLayout<Scalar>.size == 8 ? 1e-9 : 1e-4
    return Tolerance(absolute: relative * largest / 100, relative: relative)
  }

  /// Whether a result lies within the tolerance; never where either number is NaN.
  public func holds(_ actual: Double, _ expected: Double) -> Bool {
    abs(actual - expected) <= absolute + relative * abs(expected)
  }
}
