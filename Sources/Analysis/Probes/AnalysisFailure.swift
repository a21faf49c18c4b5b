import LinearAlgebra
import Models
import Platform

/// Why an analysis has nothing to say.
public enum AnalysisFailure: Equatable {
  /// The split gave fewer rows than a covariance needs.
  case tooFewRows(run: String, found: Int)
  /// The backbone has no such place.
  case noSuchPlace(run: String, place: ProbePoint)
  /// A value is infinite or no number.
  case notFinite(run: String, matrix: String, field: String, dimension: Int)
  /// LAPACK could not decompose a matrix.
  case decomposition(run: String, matrix: String, DecompositionFailure)
}

extension AnalysisFailure: Failure {
  /// Too few rows are the data's trouble, a place that is not there the configuration's.
  public var status: FailureStatus {
    switch self {
    case .tooFewRows: .badData
    case .noSuchPlace: .badConfiguration
    case .notFinite, .decomposition: .internalError
    }
  }

  /// The failure in one line: where, what was found, what was expected, what to do.
  public var description: String {
    switch self {
    case .tooFewRows(let run, let found):
      "\(run): found \(found) rows to analyse, expected at least 2; "
        + "choose another --split or raise --rows"
    case .noSuchPlace(let run, let place):
      "\(run): its backbone has no \(place.rawValue) representation; "
        + "analyse a backbone whose fields interact"
    case .notFinite(let run, let matrix, let field, let dimension):
      "\(run): the \(matrix) of field \(field), dimension \(dimension), holds a value that is not "
        + "finite, expected numbers alone; has training diverged?"
    case .decomposition(let run, let matrix, let failure): "\(run): \(matrix): \(failure)"
    }
  }
}
