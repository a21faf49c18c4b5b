import Platform

/// Why a configuration cannot be used: where it was written, which key, what was found and what was expected.
public struct ConfigurationFailure: Failure, Equatable {
  /// The file and line, such as "demo.yaml:12", or the option, such as "--set model.gamma=2".
  public let origin: String
  /// The whole dotted key; empty where the trouble is with the file.
  public let key: String
  /// What was found, what was expected, what to do.
  public let problem: String

  init(_ origin: String, _ key: String, _ problem: String) {
    self.origin = origin
    self.key = key
    self.problem = problem
  }

  /// The failure in one line.
  public var description: String {
    [origin, key, problem].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// A bad configuration, always.
  public var status: FailureStatus { .badConfiguration }
}
