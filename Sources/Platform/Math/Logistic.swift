import Glibc

/// The logistic function of a logit and its logarithm, from one exponential that cannot overflow.
///
/// With `d = e^−|z|`, `σ(z) = 1/(1 + e⁻ᶻ)` is `1/(1 + d)` for `z ≥ 0` and `d/(1 + d)` for `z < 0`,
/// and the softplus `−log σ(−z) = log(1 + eᶻ)` is `max(z, 0) + log(1 + d)`.
public struct Logistic: Sendable {
  /// The logit `z`.
  public let logit: Double
  /// `e^−|z|`, from 0 to 1.
  public let decay: Double

  /// Evaluates the exponential.
  @inlinable @inline(__always)
  public init(_ logit: Double) {
    self.logit = logit
    decay = exp(-abs(logit))
  }

  /// `σ(z)`, the probability of a click.
  @inlinable @inline(__always)
  public var probability: Double { (logit >= 0 ? 1 : decay) / (1 + decay) }

  /// `−log σ(z)` for a click, `−log(1 − σ(z))` otherwise.
  @inlinable @inline(__always)
  public func loss(clicked: Bool) -> Double { max(clicked ? -logit : logit, 0) + log1p(decay) }

  /// `σ(z)` in double precision.
  @inlinable @inline(__always)
  public static func sigmoid(_ z: Double) -> Double { Logistic(z).probability }

  /// `σ(z)` in single precision.
  @inlinable @inline(__always)
  public static func sigmoid(_ z: Float) -> Float {
    let decay = exp(-abs(z))
    return (z >= 0 ? 1 : decay) / (1 + decay)
  }
}
