import Glibc

/// How likely a value so far from zero is by chance.
enum Chance {
  /// What 95 % of a standard normal number lie within.
  static let normalBound = 1.959963984540054

  /// `P(|Z| ≥ |z|)` of a standard normal number.
  static func normal(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// `P(|T| ≥ |t|)` of Student's t: `I_{ν/(ν + t²)}(ν/2, ½)`.
  static func student(_ t: Double, degrees: Double) -> Double {
    t.isFinite ? incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) : 0
  }

  /// What 95 % of Student's t lie within.
  static func studentBound(degrees: Double) -> Double {
    var (low, high) = (0.0, 1e3)
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if student(middle, degrees: degrees) > 0.05 { low = middle } else { high = middle }
    }
    return high
  }

  /// The regularised incomplete beta function `I_x(a, b)`, by its continued fraction (DLMF 8.17.22).
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below this point; above it, its mirror does.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let front =
      exp(
        lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * fraction(x, a, b)
  }

  /// The continued fraction from its front to where it no longer changes (Lentz, 1976).
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var value = d
    for step in 1...10_000 {
      let m = Double(step)
      for coefficient in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / kept(1 + coefficient * d)
        c = kept(1 + coefficient / c)
        value *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return value
  }
}
