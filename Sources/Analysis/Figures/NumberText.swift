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

  /// An integer with its thousands apart.
  static func grouped(_ value: Int) -> String {
    var digits = Array(String(abs(value)))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return (value < 0 ? "\u{2212}" : "") + String(digits)
  }
}
