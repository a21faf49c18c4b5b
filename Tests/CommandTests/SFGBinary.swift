import Foundation
import Testing

/// The release binary, run as a user runs it.
enum SFGBinary {
  /// The status and the output of a process.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }

    /// Standard output, which must be one JSON object.
    func json() throws -> [String: Any] {
      try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  /// `SFG_PROGRAM` names another build than the one of `make build`.
  static let path =
    ProcessInfo.processInfo.environment["SFG_PROGRAM"]
    ?? package.appending(path: ".build/release/sfg").path
  static let isThere = FileManager.default.isExecutableFile(atPath: path)

  /// Why the tests of the program are skipped.
  static let absence: Comment = "no program at \(path); build it with make build"

  /// Runs the program in a folder until it exits.
  static func run(
    _ arguments: [String], in folder: String, input: String = "/dev/null"
  ) throws -> Outcome {
    let running = try start(arguments, in: folder, input: input)
    return try running.outcome()
  }

  /// Runs the program with arguments that contain no blanks.
  static func run(_ line: String, in folder: String) throws -> Outcome {
    try run(line.split(separator: " ").map(String.init), in: folder)
  }

  /// Runs a shell command in which `$SFG` is the program.
  static func shell(_ line: String, in folder: String) throws -> Outcome {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", "set -o pipefail; \(line)"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(["SFG": path]) { $1 }
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let messages = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: messages, as: UTF8.self))
  }

  /// Starts the program without waiting for it.
  static func start(
    _ arguments: [String], in folder: String, input: String = "/dev/null"
  ) throws -> Running {
    try Running(arguments, folder: folder, input: input)
  }

  /// A running process, whose output goes to files because a pipe could fill up.
  final class Running {
    private let process = Process()
    private let exited = DispatchSemaphore(value: 0)
    private let records = FileManager.default.temporaryDirectory
      .appending(path: "sfg-output-\(UUID().uuidString)")

    init(_ arguments: [String], folder: String, input: String) throws {
      try FileManager.default.createDirectory(at: records, withIntermediateDirectories: true)
      process.executableURL = URL(fileURLWithPath: SFGBinary.path)
      process.arguments = arguments
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
      process.standardOutput = try record("output")
      process.standardError = try record("errors")
      process.terminationHandler = { [exited] _ in exited.signal() }
      try process.run()
    }

    deinit {
      if process.isRunning { process.terminate() }
      try? FileManager.default.removeItem(at: records)
    }

    var isRunning: Bool { process.isRunning }

    /// Waits until the process exits, at most for some seconds; whether it has exited.
    @discardableResult func exits(within seconds: Double) -> Bool {
      guard exited.wait(timeout: .now() + seconds) == .success else { return false }
      // Later waits return at once as well.
      exited.signal()
      return true
    }

    /// Waits until a condition holds or the process exits; fails the test after `seconds`.
    func wait(
      atMost seconds: Double = 120, sourceLocation: SourceLocation = #_sourceLocation,
      until condition: () throws -> Bool
    ) throws {
      let deadline = Date(timeIntervalSinceNow: seconds)
      while try !condition(), !exits(within: 0.001) {
        try #require(
          Date() < deadline, "still waiting after \(seconds) s", sourceLocation: sourceLocation)
      }
    }

    /// Sends SIGINT, as Ctrl-C does.
    func interrupt() { process.interrupt() }

    /// Sends a signal if the process is still running.
    func kill(_ signal: Int32 = SIGKILL) {
      if process.isRunning { Foundation.kill(process.processIdentifier, signal) }
    }

    /// Waits until the process exits.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      return Outcome(
        status: process.terminationReason == .exit
          ? process.terminationStatus : -process.terminationStatus,
        output: try text("output"), errors: try text("errors"))
    }

    private func record(_ name: String) throws -> FileHandle {
      let file = records.appending(path: name)
      try Data().write(to: file)
      return try FileHandle(forWritingTo: file)
    }

    private func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: records.appending(path: name)), as: UTF8.self)
    }
  }
}
