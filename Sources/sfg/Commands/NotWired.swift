import Platform

/// That a command has its options, but nothing behind them yet.
struct NotWired: Failure {
  let command: String
  var status: FailureStatus { .internalError }
  var description: String { "\(command): is not wired to its work" }
}
