import LinearAlgebra
import Models
import Platform

/// Why an analysis has nothing to say.
public enum AnalysisFailure: Equatable {
  /// The split gave fewer rows than a covariance needs.
  case tooFewRows(run: String, found: Int)
  /// The backbone has no such place.
  case noSuchPlace(run: String, place: ProbePoint)
  /// The run has no representation of that name; the ones that it has.
  case noSuchRepresentation(run: String, name: String, known: [String])
  /// A value is infinite or no number.
  case notFinite(run: String, matrix: String, column: Int)
  /// LAPACK could not decompose a matrix.
  case decomposition(run: String, matrix: String, DecompositionFailure)
}

extension AnalysisFailure: Failure {
  /// Too few rows are the data's trouble, a place that is not there the configuration's.
  public var status: FailureStatus {
    switch self {
    case .tooFewRows: .badData
    case .noSuchPlace: .badConfiguration
    case .noSuchRepresentation: .usage
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
      "\(run): its backbone has no \(place); analyse a backbone whose fields interact"
    case .noSuchRepresentation(let run, let name, let known):
      "\(run): --representation: found \"\(name)\", expected one of \(known.joined(separator: ", "))"
    case .notFinite(let run, let matrix, let column):
      "\(run): column \(column) of the \(matrix) holds a value that is not finite, expected numbers "
        + "alone; has training diverged?"
    case .decomposition(let run, let matrix, let failure): "\(run): \(matrix): \(failure)"
    }
  }
}
