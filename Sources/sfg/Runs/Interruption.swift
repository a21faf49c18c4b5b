import Foundation
import Platform

/// Turns SIGINT and SIGTERM into a question that long work asks between two steps.
///
/// The first signal asks the work to save and stop; a second one ends the process at once.
enum Interruption {
  nonisolated(unsafe) private static var asked: sig_atomic_t = 0

  /// Whether a signal has come.
  static var isAsked: Bool { asked != 0 }

  /// Listens from now on.
  static func listen() {
    for signal in [SIGINT, SIGTERM] {
      Foundation.signal(signal) { _ in
        if asked != 0 { _exit(130) }
        asked = 1
      }
    }
  }
}

/// The user asked to stop work that leaves nothing half-done behind.
struct Interrupted: Failure {
  let work: String
  var status: FailureStatus { .interrupted }
  var description: String { "\(work): interrupted; nothing was kept" }
}
