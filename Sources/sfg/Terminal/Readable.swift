import Foundation

/// Formats numbers for the terminal.
enum Readable {
  /// A count with about three digits: 0, 999, 1.2k, 412k, 1.2M, 45.8M, 3G.
  static func count(_ number: Int) -> String { count(Double(number)) }

  /// The same for a number that is not an integer.
  static func count(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    guard number >= 999.5 else { return fixed(number, decimals: 0) }
    var scaled = number
    var units = ["", "k", "M", "G", "T"][...]
    while scaled >= 999.5, units.count > 1 {
      scaled /= 1000
      units.removeFirst()
    }
    let text = fixed(scaled, decimals: scaled < 99.95 ? 1 : 0)
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + (units.first ?? "")
  }

  /// A duration in its two largest units: 0.4 s, 12 s, 1 m 20 s, 3 h 5 m, 2 d 7 h.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "\(seconds) s" }
    if seconds < 9.95 { return "\(fixed(max(seconds, 0), decimals: 1)) s" }
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) m \(whole % 60) s"
    case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) m"
    default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
    }
  }

  /// A number with `decimals` decimals.
  static func fixed(_ number: Double, decimals: Int) -> String {
    String(format: "%.\(decimals)f", number)
  }

  /// A number with up to `digits` significant digits: 0.02, 1e-06, 5.5e+11.
  static func number(_ number: Double, digits: Int = 4) -> String {
    String(format: "%.\(digits)g", number)
  }

  /// A metric, from a million on with six significant digits; "undefined" for nil.
  static func metric(_ metric: Double?, decimals: Int = 6) -> String {
    guard let metric else { return "undefined" }
    return abs(metric) < 1e6 ? fixed(metric, decimals: decimals) : number(metric, digits: 6)
  }

  /// A p-value with two significant digits; "< 1e-16" if it is smaller, or too small for a double.
  static func pValue(_ value: Double) -> String {
    value < 1e-16 ? "< 1e-16" : number(value, digits: 2)
  }

  /// A share in per cent.
  static func percent(_ share: Double) -> String { "\(fixed(100 * share, decimals: 2)) %" }
}
