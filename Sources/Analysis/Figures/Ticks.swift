import Glibc

/// Round numbers along an axis.
enum Ticks {
  /// Multiples of 1, 2 or 5 times a power of ten inside `lower...upper`, about `count` of them or fewer.
  static func round(_ lower: Double, _ upper: Double, count: Int) -> [Double] {
    let step = step(upper - lower, count: count)
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    guard first <= last else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// The distance between such numbers.
  static func step(_ span: Double, count: Int) -> Double {
    guard span > 0 else { return 1 }
    let raw = span / Double(max(count, 1))
    let magnitude = pow(10, log10(raw).rounded(.down))
    let factor = [1, 2, 5, 10].first { $0 * magnitude >= raw * (1 - 1e-9) } ?? 10
    return factor * magnitude
  }
}
