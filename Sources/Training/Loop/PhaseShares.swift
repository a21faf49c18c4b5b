import Platform

/// What share of some time each phase of a run took.
///
/// Reading and encoding go on beside the rest, and another process may hold a core: shares need not sum to 1.
public struct PhaseShares: Equatable, Sendable {
  /// The phases by name, in the order of a row's way, each over the time that went by.
  public let byName: [(name: String, share: Double)]

  /// The shares of phases in some seconds.
  init(_ phases: PhaseSeconds, of seconds: Double) {
    byName = phases.byName.map { ($0.name, $0.seconds / max(seconds, 1e-9)) }
  }

  /// The shares as a JSON object, with four decimals.
  public var json: JSONValue {
    .object(byName.map { ($0.name, .number(($0.share * 1e4).rounded() / 1e4)) })
  }

  /// Whether names and shares are the same.
  public static func == (one: PhaseShares, other: PhaseShares) -> Bool {
    one.byName.elementsEqual(other.byName) { $0 == $1 }
  }
}
