import Glibc

/// A long-tailed distribution over `0..<count`, proportional to `(value + 1)^-exponent`.
///
/// It is the floor of a Pareto law truncated to `[1, count + 1)`, whose quantile has a closed form:
/// `x(u) = (1 + u·((count + 1)^q − 1))^(1/q)` with `q = 1 − exponent`. No table is needed.
struct PowerLaw: Sendable {
  /// Values are in `0..<count`.
  let count: Int
  private let span: Double
  private let inverse: Double

  /// Makes the law of `count` values whose most common one has the probability `top`.
  init(count: Int, top: Double) {
    precondition(
      count > 1 && top * Double(count) >= 1 && top < 1,
      "PowerLaw: top must be in 1/\(count)..<1, got \(top)")
    self.count = count
    // The share of the most common value rises with the exponent, which is found by bisection.
    var low = 0.0
    var high = 64.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if Self.topShare(count, middle) < top { low = middle } else { high = middle }
    }
    let q = Self.power((low + high) / 2)
    span = pow(Double(count + 1), q) - 1
    inverse = 1 / q
  }

  /// The quantile of the law at `uniform`.
  @inline(__always)
  func value(_ uniform: Double) -> Int { min(Int(pow(1 + uniform * span, inverse)) - 1, count - 1) }

  /// The probability of value 0 for an exponent.
  private static func topShare(_ count: Int, _ exponent: Double) -> Double {
    let q = power(exponent)
    return (pow(2, q) - 1) / (pow(Double(count + 1), q) - 1)
  }

  /// `1 − exponent`, kept away from 0, where the closed form is a limit.
  private static func power(_ exponent: Double) -> Double {
    let q = 1 - exponent
    return abs(q) < 1e-6 ? 1e-6 : q
  }
}
