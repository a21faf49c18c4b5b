import Platform

/// Why a model could not be exported.
public enum ExportFailure: Failure, Equatable {
  /// A hashed field, whose ids a graph cannot compute from texts.
  case hashedText(field: String)
  /// Two inputs, or an input and an output, of one name.
  case sharedName(String)
  /// A graph that without its weights is larger than a message may be.
  case tooLarge(path: String)

  /// What was requested does not suit the run.
  public var status: FailureStatus { .badConfiguration }

  /// The failure in one line: field, problem, remedy.
  public var description: String {
    switch self {
    case .hashedText(let field):
      "--inputs text: field \"\(field)\" is hashed, expected fields with vocabularies or numbers; "
        + "export with --inputs ids, or train with features.categorical.encoding: vocabulary"
    case .sharedName(let name):
      "two inputs or outputs of the graph would be called \"\(name)\"; rename one of the fields"
    case .tooLarge(let path):
      "\(path): vocabularies and graph need more than the 2 GiB that an ONNX file may have; "
        + "export with --inputs ids"
    }
  }
}
