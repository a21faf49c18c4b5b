import Foundation
import Platform

/// The program itself, run as its user runs it.
struct ChildProcess {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// The release binary that `make build` leaves.
  static let program = Workbench.project.appending(path: ".build/release/sfg").path

  /// Runs to the end, silently.
  static func run(_ arguments: [String]) throws {
    var pid = pid_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    guard posix_spawn(&pid, program, &actions, nil, &words, environ) == 0 else {
      throw Failed(description: "\(program) does not start; run make build")
    }
    var status: Int32 = 0
    guard waitpid(pid, &status, 0) == pid, status == 0 else {
      throw Failed(description: "\(program) \(arguments.joined(separator: " ")) failed")
    }
  }
}
