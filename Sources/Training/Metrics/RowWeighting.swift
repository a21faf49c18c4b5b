import ClickData

/// The weights with which the rows of a pass count in metrics: `w`, and `w / r` of the negatives
/// where only a share `r` of these was kept.
///
/// So the metrics of sampled rows estimate those of all rows, each with its own weight `w`.
public struct RowWeighting: Equatable, Sendable {
  /// The share of the negatives that the rows still have.
  public let negativeRate: Double
  /// Whether rows have weights of their own.
  public let isWeighted: Bool

  /// Rows that count once each, unless their negatives were sampled.
  public init(negativeRate: Double = 1, isWeighted: Bool = false) {
    self.negativeRate = negativeRate
    self.isWeighted = isWeighted
  }

  /// Whether some rows do not count once.
  public var isUsed: Bool { isWeighted || negativeRate != 1 }

  /// The weight of a row that has the weight `own`.
  @inline(__always)
  func of(_ own: Float, clicked: Bool) -> Double {
    clicked ? Double(own) : Double(own) / negativeRate
  }

  /// The weight of a row of a batch.
  func of(_ row: Int, in batch: EncodedBatch) -> Double {
    of(batch.weights?[row] ?? 1, clicked: batch.labels[row] > 0.5)
  }
}
