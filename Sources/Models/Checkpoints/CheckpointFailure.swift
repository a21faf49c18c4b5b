import Platform

/// Why a checkpoint cannot be read.
public enum CheckpointFailure: Equatable {
  /// The file is not what its format says: what was found.
  case damaged(path: String, finding: String)
  /// The file is sound, but of another model: the tensor, what was expected and what was found.
  case mismatch(path: String, tensor: String, expected: String, found: String)
}

extension CheckpointFailure: Failure {
  /// A damaged file is bad data; a sound one of another model contradicts the configuration.
  public var status: FailureStatus {
    switch self {
    case .damaged: .badData
    case .mismatch: .badConfiguration
    }
  }

  /// The failure in one line.
  public var description: String {
    switch self {
    case .damaged(let path, let finding):
      "\(path): damaged checkpoint: \(finding); restore the file or train again"
    case .mismatch(let path, let tensor, let expected, let found):
      "\(path): tensor \(tensor): expected \(expected), found \(found); "
        + "the configuration is not the one this checkpoint was trained with"
    }
  }
}
