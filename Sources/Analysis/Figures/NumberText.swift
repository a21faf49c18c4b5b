import Foundation

/// Numbers as a reader wants them: few digits, a real minus sign.
enum NumberText {
  /// A number with so many digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    let text = String(format: "%.\(digits)f", value)
    guard text.hasPrefix("-") else { return text }
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return (isZero ? "" : "\u{2212}") + text.dropFirst()
  }

  /// A number with so many digits after the point, a dash where it is undefined.
  static func fixed(_ value: Double?, _ digits: Int) -> String {
    value.map { fixed($0, digits) } ?? "–"
  }

  /// A tick's value with no more digits than its step needs.
  static func tick(_ value: Double, step: Double) -> String {
    fixed(value, step >= 1 ? 0 : Int((-log10(step)).rounded(.up)))
  }

  /// A number for a machine: at most so many digits after the point, a hyphen for minus, no zeros at the end.
  static func plain(_ value: Double, _ digits: Int) -> String {
    let scale = pow(10, Double(digits))
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// A number in three significant digits or whole, in powers of ten where it is very large or small.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return value > 0 ? "∞" : value < 0 ? "\u{2212}∞" : "–" }
    guard value != 0 else { return "0" }
    let size = abs(value)
    if size >= 1e5 || size < 1e-3 {
      let exponent = Int(log10(size).rounded(.down))
      let digits = exponent.description.map { superscripts[$0] ?? String($0) }.joined()
      return "\(fixed(value / pow(10, Double(exponent)), 1)) · 10\(digits)"
    }
    if size >= 1000 { return grouped(Int(value.rounded())) }
    return fixed(value, max(0, 2 - Int(log10(size).rounded(.down))))
  }

  private static let superscripts: [Character: String] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
    "8": "⁸", "9": "⁹",
  ]

  /// A probability of chance: two significant digits, "< 10⁻¹⁶" where it is smaller than that.
  static func chance(_ value: Double) -> String {
    guard value >= 1e-16 else { return "< 10⁻¹⁶" }
    return value >= 0.001 ? fixed(value, value >= 0.1 ? 2 : 4) : short(value)
  }

  /// An integer with its thousands apart.
  static func grouped(_ value: Int) -> String {
    var digits = Array(String(abs(value)))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "\u{2212}" : "") + String(digits)
  }
}
