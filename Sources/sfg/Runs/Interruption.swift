import Foundation
import Platform

/// Set by the signal handler, which may touch nothing else.
nonisolated(unsafe) private var signalCame: sig_atomic_t = 0

/// Turns SIGINT and SIGTERM into a question that long work asks between two steps.
///
/// The first signal asks the work to save and stop; a second one ends the process at once.
enum Interruption {
  /// Whether a signal has come.
  static var isAsked: Bool { signalCame != 0 }

  /// Listens from now on, also where the parent process had blocked these signals.
  static func listen() {
    var asked = sigset_t()
    sigemptyset(&asked)
    for signal in [SIGINT, SIGTERM] {
      sigaddset(&asked, signal)
      Foundation.signal(signal) { _ in
        if signalCame != 0 { _exit(130) }
        signalCame = 1
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &asked, nil)
  }
}

/// The user asked to stop work that leaves nothing half-done behind.
struct Interrupted: Failure {
  let work: String
  var status: FailureStatus { .interrupted }
  var description: String { "\(work): interrupted; nothing was kept" }
}
