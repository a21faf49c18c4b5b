import Platform

/// What one run predicts for the held-out rows that it is compared on.
public struct HeldOutScores: Sendable {
  /// The run.
  public var run: RunDescription
  /// The rows' numbers in the order of reading.
  public private(set) var positions: [UInt64] = []
  /// Which rows were clicked.
  public private(set) var clicked: [Bool] = []
  /// The logit of each row.
  public private(set) var logits: [Double] = []

  /// Starts without rows.
  public init(_ run: RunDescription) { self.run = run }

  /// Adds a row.
  public mutating func add(position: UInt64, clicked: Bool, logit: Double) {
    positions.append(position)
    self.clicked.append(clicked)
    logits.append(logit)
  }

  /// `−log p` of what happened, a row: `max(z, 0) − y·z + log(1 + e^−|z|)`.
  var losses: [Double] {
    zip(logits, clicked).map { logit, clicked in
      Logistic(logit).loss(clicked: clicked)
    }
  }

  /// Throws `ComparisonFailure` where another run's rows are not these.
  func check(_ other: HeldOutScores) throws {
    guard other.positions.count == positions.count else {
      throw ComparisonFailure.otherRows(
        run: other.run.name, than: run.name,
        found: "\(other.positions.count) rows", expected: "\(positions.count)")
    }
    guard
      let index = positions.indices.first(where: {
        positions[$0] != other.positions[$0] || clicked[$0] != other.clicked[$0]
      })
    else { return }
    func row(_ scores: HeldOutScores) -> String {
      "row \(scores.positions[index]) \(scores.clicked[index] ? "clicked" : "not clicked")"
    }
    throw ComparisonFailure.otherRows(
      run: other.run.name, than: run.name, found: row(other), expected: row(self))
  }
}
