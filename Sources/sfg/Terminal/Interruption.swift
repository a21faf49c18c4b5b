import Foundation
import Platform

/// The signals that requested a stop, one bit each; set by handlers, which may touch nothing else.
nonisolated(unsafe) private var received: sig_atomic_t = 0
/// Whether a launcher, which repeats its signals and ends the process itself, started it.
nonisolated(unsafe) private var isLaunched: sig_atomic_t = 0

/// Turns signals into a flag that long-running work checks between two steps, to save and stop.
enum Interruption {
  /// Signals that request the work to save and stop: from the keyboard, of a batch system that ends
  /// a job or warns it, of a connection that was lost, and of a limit of CPU time.
  static let requests = [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU]

  /// Whether a signal has requested a stop.
  static var isRequested: Bool { received != 0 }

  /// Installs the handlers, and unblocks the signals if the parent process had blocked them.
  ///
  /// A second SIGINT or SIGTERM ends the process at once. The others may come in pairs, as a shell
  /// and the system both report a closed terminal, or once per second, as SIGXCPU.
  static func listen() {
    var handled = sigset_t()
    sigemptyset(&handled)
    sigaddset(&handled, SIGQUIT)
    for number in requests where !isIgnored(number) {
      sigaddset(&handled, number)
      signal(number) { number in
        let bit: sig_atomic_t = 1 << number
        if received & bit != 0 && isLaunched == 0 && (number == SIGINT || number == SIGTERM) {
          _exit(130)
        }
        received |= bit
      }
    }
    signal(SIGQUIT) { _ in
      let line: StaticString = "Error: stopped at once by SIGQUIT; nothing was saved\n"
      _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
      _exit(131)
    }
    pthread_sigmask(SIG_UNBLOCK, &handled, nil)
  }

  /// Ignores requests to stop until `listen`: a rank that follows stops when rank 0 does.
  static func outliveLauncher() {
    isLaunched = 1
    for number in requests { signal(number, SIG_IGN) }
  }

  /// Makes a write beyond `ulimit -f` fail, instead of ending the process without a message.
  static func ignoreFileLimit() { signal(SIGXFSZ, SIG_IGN) }

  /// Whether `nohup` protects the process from SIGHUP.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard number == SIGHUP, sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// The user interrupted work that leaves no partial results.
struct Interrupted: Failure {
  let work: String
  var status: FailureStatus { .interrupted }
  var description: String { "\(work): interrupted; nothing was kept" }
}
