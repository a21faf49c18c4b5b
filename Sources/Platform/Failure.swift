import Glibc

/// An error that a user can act on, described in one line, with the exit status of the program.
public protocol Failure: Error, CustomStringConvertible {
  /// The kind of failure.
  var status: FailureStatus { get }
}

/// The kinds of failure that have different exit statuses.
public enum FailureStatus: Sendable, CaseIterable {
  /// The command line is invalid.
  case usage
  /// The content of a file violates its format.
  case badData
  /// An input file does not exist.
  case missingInput
  /// The program violated one of its own invariants.
  case internalError
  /// The system has no memory or no thread left.
  case exhausted
  /// The system failed to read or write.
  case inputOutput
  /// The configuration contradicts itself or its rules.
  case badConfiguration
  /// The user interrupted the program.
  case interrupted
}

/// Why a file could not be opened, read or written.
public enum FileFailure: Failure, Equatable {
  /// Nothing exists at the path.
  case missing(path: String)
  /// The path is a directory, where a file is expected.
  case isDirectory(path: String)
  /// The system refused an operation, for the reason given.
  case refused(path: String, operation: String, reason: String)

  /// The failure that the last system call left in `errno`.
  ///
  /// Only a file to be read can be missing; writing to a path that does not exist is refused.
  public static func last(_ operation: String, _ path: String) -> FileFailure {
    let code = errno
    switch (operation, code) {
    case ("read", ENOENT): return .missing(path: path)
    case (_, EISDIR): return .isDirectory(path: path)
    default:
      return .refused(path: path, operation: operation, reason: String(cString: strerror(code)))
    }
  }

  /// A path without a file is missing input; all else is input/output.
  public var status: FailureStatus {
    switch self {
    case .missing, .isDirectory: .missingInput
    case .refused: .inputOutput
    }
  }

  /// The failure in one line: path, problem, remedy.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): no such file; check the path"
    case .isDirectory(let path): "\(path): is a directory, expected a file"
    case .refused(let path, let operation, let reason):
      "\(path): cannot \(operation): \(reason.lowercased())"
    }
  }
}
