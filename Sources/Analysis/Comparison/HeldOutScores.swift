import Platform

/// The predictions of one run for held-out rows.
public struct HeldOutScores: Sendable {
  /// The run.
  public var run: RunDescription
  /// The numbers of the rows, in reading order.
  public private(set) var positions: [UInt64] = []
  /// Which rows were clicked.
  public private(set) var clicked: [Bool] = []
  /// The logit of each row.
  public private(set) var logits: [Double] = []

  /// Creates scores without rows.
  public init(_ run: RunDescription) { self.run = run }

  /// Adds a row.
  public mutating func add(position: UInt64, clicked: Bool, logit: Double) {
    positions.append(position)
    self.clicked.append(clicked)
    logits.append(logit)
  }

  /// `−ln p` of the observed outcome of each row: `max(z, 0) − y·z + ln(1 + e^−|z|)`.
  var losses: [Double] {
    zip(logits, clicked).map { logit, clicked in
      Logistic(logit).loss(clicked: clicked)
    }
  }

  /// Throws `ComparisonFailure` if the rows of another run differ from these.
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

/// Why runs cannot be compared.
public enum ComparisonFailure: Equatable {
  /// A run was evaluated on other rows than the first one.
  case otherRows(run: String, than: String, found: String, expected: String)
  /// There are too few rows for an interval.
  case tooFewRows(found: Int)
}

extension ComparisonFailure: Failure {
  /// Different rows come from the configurations, too few rows from the data.
  public var status: FailureStatus {
    switch self {
    case .otherRows: .badConfiguration
    case .tooFewRows: .badData
    }
  }

  /// The failure in one line: where, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .otherRows(let run, let other, let found, let expected):
      "\(run): its held-out rows are not those of \(other): found \(found), expected \(expected); "
        + "compare runs of the same split, or give --data"
    case .tooFewRows(let found):
      "compare: found \(found) rows, expected at least 2; choose another --split or --data"
    }
  }
}
