/// The analyses of a sweep's runs: whether there are any, and how many rows they read.
public struct SweepAnalysisSettings: Equatable, Sendable {
  /// Whether runs are analysed.
  public private(set) var isOn = true
  /// The most rows that an analysis reads.
  public private(set) var rows = 50_000

  private static let expected = "none, or a mapping with rows"

  /// All analyses, of 50,000 rows.
  public init() {}

  /// Reads `none` or `{rows: N}`; throws `ConfigurationFailure`.
  init(_ node: ConfigurationNode) throws {
    guard !node.isNull else { return }
    guard let members = node.members else {
      guard case .scalar(let text, _) = node.content, text == "none" else {
        throw node.mismatch(expected: Self.expected)
      }
      isOn = false
      return
    }
    for member in members {
      guard member.name == "rows" else {
        throw ConfigurationFailure(
          member.origin, "\(node.key).\(member.name)", "unknown key; expected \(Self.expected)")
      }
      rows = try Form<Int>.integer(2...).read(member.value)
    }
  }
}
