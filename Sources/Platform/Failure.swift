/// An error that a user can act on: its `description` is one line, and it says how the program ends.
public protocol Failure: Error, CustomStringConvertible {
  /// What kind of trouble it is.
  var status: FailureStatus { get }
}

/// The kinds of trouble that a program tells apart in its exit status.
public enum FailureStatus: Sendable, CaseIterable {
  /// The command line asks for something that cannot be.
  case usage
  /// A file's content is not what its format says.
  case badData
  /// A file that was named is not there.
  case missingInput
  /// The program found itself in the wrong.
  case internalError
  /// The system could not read or write.
  case inputOutput
  /// The configuration contradicts itself or its rules.
  case badConfiguration
  /// The user asked to stop.
  case interrupted
}
