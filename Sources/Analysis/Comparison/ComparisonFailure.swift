import Platform

/// Why runs cannot be compared.
public enum ComparisonFailure: Equatable {
  /// A run was judged on other rows than the first one.
  case otherRows(run: String, than: String, found: String, expected: String)
  /// There are too few rows for an interval.
  case tooFewRows(found: Int)
}

extension ComparisonFailure: Failure {
  /// Other rows are the configurations' trouble, too few the data's.
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
