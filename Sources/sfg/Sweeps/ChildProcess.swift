import Glibc
import Platform

/// This program, run by itself with other arguments, so that a crash or a lack of memory ends one
/// run and not the sweep.
final class ChildProcess {
  /// How a process ended.
  enum Ending: Equatable {
    case status(Int32)
    case signal(Int32)

    var isSuccess: Bool { self == .status(0) }
  }

  private let identifier: pid_t
  private var ending: Ending?

  /// Starts the program in a process group of its own, whose output is appended to a log.
  ///
  /// A terminal sends Ctrl-C to the group in front only, so each child is stopped once, by
  /// `interrupt`. Throws `FileFailure`.
  init(_ arguments: [String], log: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var argv: [UnsafeMutablePointer<CChar>?] = (["sfg"] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var identifier = pid_t()
    let code = posix_spawn(
      &identifier, "/proc/self/exe", &actions, &attributes, &argv, environ)
    guard code == 0 else {
      throw FileFailure.refused(
        path: log, operation: "start a process", reason: String(cString: strerror(code)))
    }
    self.identifier = identifier
  }

  /// Requests the process to save and stop.
  func interrupt() {
    if ending == nil { kill(identifier, SIGINT) }
  }

  /// How the process ended; nil while it is running.
  func poll() -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    let signal = status & 0x7f
    ending = signal == 0 ? .status(status >> 8 & 0xff) : .signal(signal)
    return ending
  }
}
