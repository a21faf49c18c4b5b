import Glibc

/// The metrics of the true click probabilities of some rows, which bound those of any model.
///
/// The AUC is that of a histogram of the probability, in constant memory: pairs of a click and a
/// non-click in one bin count half, so that its error is at most half the share of such pairs,
/// which is known exactly.
struct TruthSummary {
  private static let bins = 1 << 20
  private var clicks = [UInt64](repeating: 0, count: bins)
  private var others = [UInt64](repeating: 0, count: bins)
  private var loss = 0.0

  mutating func add(_ outcomes: UnsafeBufferPointer<SyntheticOutcome>, loss partLoss: Double) {
    for outcome in outcomes {
      let bin = min(Int(outcome.probability * Double(Self.bins)), Self.bins - 1)
      if outcome.click { clicks[bin] += 1 } else { others[bin] += 1 }
    }
    loss += partLoss
  }

  var summary: SyntheticSummary {
    var clickCount: UInt64 = 0
    var otherCount: UInt64 = 0
    var won = 0.0
    var tied = 0.0
    for bin in 0..<Self.bins {
      won += Double(clicks[bin]) * Double(otherCount)
      tied += Double(clicks[bin]) * Double(others[bin])
      clickCount += clicks[bin]
      otherCount += others[bin]
    }
    let rows = clickCount + otherCount
    let pairs = Double(clickCount) * Double(otherCount)
    return SyntheticSummary(
      rows: Int(rows), clicks: Int(clickCount),
      bestAUC: pairs > 0 ? (won + tied / 2) / pairs : nil,
      bestAUCError: pairs > 0 ? tied / 2 / pairs : nil,
      bestLogloss: loss / Double(rows))
  }
}

struct SyntheticOutcome {
  let probability: Double
  let click: Bool

  /// The row's Logloss under its true probability.
  var loss: Double { -log(click ? probability : 1 - probability) }
}

/// The rows and clicks written, and how well the true probabilities predict these clicks.
public struct SyntheticSummary: Equatable, Sendable {
  /// The rows written.
  public let rows: Int
  /// The rows whose label is 1.
  public let clicks: Int
  /// The AUC of the true probabilities, exceeded only by chance; nil where a class is missing.
  public let bestAUC: Double?
  /// The maximum difference of `bestAUC` from the AUC of the unrounded probabilities.
  public let bestAUCError: Double?
  /// The mean Logloss of the true probabilities, in natural units.
  public let bestLogloss: Double

  /// The share of clicks.
  public var clickRate: Double { Double(clicks) / Double(rows) }
}
