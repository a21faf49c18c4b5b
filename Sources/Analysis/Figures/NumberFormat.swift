import Foundation

/// Formats numbers for people: few digits, and U+2212 for a minus sign.
enum NumberFormat {
  /// A number with `digits` digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    let text = String(format: "%.\(digits)f", value)
    guard text.hasPrefix("-") else { return text }
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return (isZero ? "" : "\u{2212}") + text.dropFirst()
  }

  /// A number with `digits` digits after the point; a dash for nil.
  static func fixed(_ value: Double?, _ digits: Int) -> String {
    value.map { fixed($0, digits) } ?? "–"
  }

  /// A share in per cent; a dash for nil.
  static func percent(_ share: Double?, _ digits: Int) -> String {
    share.map { "\(fixed(100 * $0, digits)) %" } ?? "–"
  }

  /// A tick's label with as many digits as its step needs.
  static func tick(_ value: Double, step: Double) -> String {
    if step >= 1, abs(value) >= 10_000, abs(value) < 1e15 { return grouped(Int(value.rounded())) }
    return fixed(value, step >= 1 ? 0 : Int((-log10(step) - 1e-9).rounded(.up)))
  }

  /// A number as it was chosen, such as a value of a configuration: up to six significant digits,
  /// or a power of ten if it is below 0.0001 or from 100,000 on.
  static func value(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return short(value) }
    let exponent = Int((log10(abs(value)) + 1e-9).rounded(.down))
    guard !(-4...4).contains(exponent) else {
      guard abs(value) < 10_000 || value != value.rounded() else { return grouped(Int(value)) }
      return signed(String(format: "%.6g", value))
    }
    let power = "10" + exponent.description.map { superscripts[$0] ?? String($0) }.joined()
    let factor = String(format: "%.4g", abs(value) / pow(10, Double(exponent)))
    return signed((value < 0 ? "-" : "") + (factor == "1" ? power : "\(factor)·\(power)"))
  }

  /// A text with U+2212 in the place of a hyphen in front.
  private static func signed(_ text: String) -> String {
    text.hasPrefix("-") ? "\u{2212}" + text.dropFirst() : text
  }

  /// A number for SVG: at most `digits` digits after the point, an ASCII minus, no trailing zeros.
  static func plain(_ value: Double, _ digits: Int) -> String {
    let scale = pow(10, Double(digits))
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// A number with three significant digits, as a power of ten if it is very large or small.
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

  /// A p-value with two significant digits; "< 10⁻¹⁶" if it is smaller.
  static func pValue(_ value: Double) -> String {
    guard value >= 1e-16 else { return "< 10⁻¹⁶" }
    return value >= 0.001 ? fixed(value, value >= 0.1 ? 2 : 4) : short(value)
  }

  /// An integer with thousands separators.
  static func grouped(_ value: Int) -> String {
    var digits = Array(String(abs(value)))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "\u{2212}" : "") + String(digits)
  }

  /// A metric: large integers whole, other numbers with six digits after the point, or as a power
  /// of ten from a million on; a dash for nil.
  static func metric(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    if value == value.rounded(), abs(value) >= 2, abs(value) < 1e15 { return grouped(Int(value)) }
    return abs(value) < 1e6 ? fixed(value, 6) : short(value)
  }
}
