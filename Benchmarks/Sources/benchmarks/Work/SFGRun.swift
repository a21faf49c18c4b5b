import Configuration
import Foundation
import Models

/// A run of the program on a configuration of its own.
struct SFGRun {
  private let file: URL
  private let output: URL

  init(_ configuration: RunConfiguration, in folder: URL) throws {
    file = folder.appending(path: "\(configuration.run).yaml")
    output = folder.appending(path: configuration.run)
    try Data(configuration.yaml.utf8).write(to: file)
  }

  /// Trains in an empty folder.
  func train() throws {
    try? FileManager.default.removeItem(at: output)
    try ChildProcess.run([
      "train", "--config", file.path, "--output", output.path, "--quiet",
    ])
  }

  /// The parts of `result.json` that bars need.
  struct Result: Decodable {
    struct Parameters: Decodable { let total: Int }
    let parameters: Parameters
    let peak_memory_bytes: Int
  }

  /// What the run wrote into its `result.json`.
  func result() throws -> Result {
    let data = try Data(contentsOf: output.appending(path: "result.json"))
    return try JSONDecoder().decode(Result.self, from: data)
  }
}
