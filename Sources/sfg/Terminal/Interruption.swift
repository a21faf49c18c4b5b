import Foundation
import Platform

/// Set by the signal handler, which may touch nothing else.
nonisolated(unsafe) private var signalReceived: sig_atomic_t = 0

/// Turns SIGINT and SIGTERM into a flag that long-running work checks between two steps.
///
/// The first signal requests the work to save and stop; a second one ends the process at once.
enum Interruption {
  /// Whether a signal has been received.
  static var isRequested: Bool { signalReceived != 0 }

  /// Installs the handlers, and unblocks the signals if the parent process had blocked them.
  static func listen() {
    var handled = sigset_t()
    sigemptyset(&handled)
    for signal in [SIGINT, SIGTERM] {
      sigaddset(&handled, signal)
      Foundation.signal(signal) { _ in
        if signalReceived != 0 { _exit(130) }
        signalReceived = 1
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &handled, nil)
  }
}

/// The user interrupted work that leaves no partial results.
struct Interrupted: Failure {
  let work: String
  var status: FailureStatus { .interrupted }
  var description: String { "\(work): interrupted; nothing was kept" }
}
