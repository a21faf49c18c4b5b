import Glibc

/// Why a file could not be opened, read or written.
public enum FileFailure: Failure, Equatable {
  /// There is nothing at that path.
  case missing(path: String)
  /// A directory stands where a file was expected.
  case isDirectory(path: String)
  /// The system refused an operation: what was tried, and its own words.
  case refused(path: String, operation: String, reason: String)

  /// The failure that the last call of the system left in `errno`.
  ///
  /// Only what was to be read can be missing; a place that is not there to be written to was refused.
  public static func last(_ operation: String, _ path: String) -> FileFailure {
    let code = errno
    switch (operation, code) {
    case ("read", ENOENT): return .missing(path: path)
    case (_, EISDIR): return .isDirectory(path: path)
    default:
      return .refused(path: path, operation: operation, reason: String(cString: strerror(code)))
    }
  }
}

extension FileFailure {
  /// A path that leads to no file is missing input; all else is input/output.
  public var status: FailureStatus {
    switch self {
    case .missing, .isDirectory: .missingInput
    case .refused: .inputOutput
    }
  }

  /// The failure in one line: where, what was found, what to do.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): no such file; check the path"
    case .isDirectory(let path): "\(path): is a directory, expected a file"
    case .refused(let path, let operation, let reason):
      "\(path): cannot \(operation): \(reason.lowercased())"
    }
  }
}
