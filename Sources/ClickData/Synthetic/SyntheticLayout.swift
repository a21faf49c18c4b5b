/// What sets one shape of click log apart: its entities, its columns and its click rate.
struct SyntheticLayout: Sendable {
  /// The first line of a file, without its end; nil where there is none.
  let header: String?
  /// What stands between two columns.
  let separator: UInt8
  /// The share of clicks.
  let clickRate: Double
  let user: EntityGroup, ad: EntityGroup, context: EntityGroup
  /// The traits by which fields are absent together; at most eight.
  let patterns: [Trait]
  /// The columns from left to right.
  let columns: [SyntheticField]

  /// The layout of a preset.
  static func of(_ preset: SyntheticLog.Preset) -> SyntheticLayout {
    switch preset {
    case .criteo: criteo
    case .avazu: avazu
    }
  }
}
