import Foundation

/// Shares in sentences.
public enum PercentText {
  /// A share in per cent with up to four significant digits: 87.67 %, 1 %, 100 %.
  public static func of(_ share: Double) -> String { String(format: "%.4g %%", 100 * share) }
}

/// Numbers in sentences.
public enum NumberText {
  /// A number with up to four significant digits: 0.02, 1e-06, 5.512e+11.
  public static func short(_ number: Double) -> String { String(format: "%.4g", number) }
}
