import Foundation
import Platform

/// Runs the `sfg` binary as a child process.
struct ChildProcess {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// The release binary built by `make build`.
  static let program = Workbench.project.appending(path: ".build/release/sfg").path

  /// Runs the program to its end without output.
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
      throw Failed(description: "\(program) cannot be started; run make build")
    }
    var status: Int32 = 0
    guard waitpid(pid, &status, 0) == pid, status == 0 else {
      throw Failed(description: "\(program) \(arguments.joined(separator: " ")) failed")
    }
  }
}
