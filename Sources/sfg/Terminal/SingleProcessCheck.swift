import Cluster
import Foundation
import Platform

/// Commands that one process runs, started as several: each would do the same work in one folder.
enum SingleProcessCheck {
  /// Throws `SeveralProcesses` if `mpirun` or a similar program started this process as one of
  /// several.
  static func require(_ command: String) throws {
    guard let launcher = Launcher(environment: ProcessInfo.processInfo.environment) else { return }
    // All processes find it, and one prints it.
    guard launcher.rank == 0 else { _exit(ExitStatus.number(of: .usage)) }
    throw SeveralProcesses(launcher: launcher, command: command)
  }
}

/// Several processes where one suffices.
struct SeveralProcesses: Failure {
  let launcher: Launcher
  let command: String

  var status: FailureStatus { .usage }

  var description: String {
    """
    \(launcher.name) started \(launcher.processes) processes, but 'sfg \(command)' is one process \
    with several threads: start it without \(launcher.name)
    """
  }
}
