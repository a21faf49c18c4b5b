import Configuration
import Foundation
import Models

/// A run of `sfg` with its own configuration file.
struct SFGRun {
  private let file: URL
  private let output: URL

  init(_ configuration: RunConfiguration, in folder: URL) throws {
    file = folder.appending(path: "\(configuration.run).yaml")
    output = folder.appending(path: configuration.run)
    try Data(configuration.yaml.utf8).write(to: file)
  }

  /// Trains into an empty folder.
  func train() throws {
    try? FileManager.default.removeItem(at: output)
    try ChildProcess.run([
      "train", "--config", file.path, "--output", output.path, "--quiet",
    ])
  }

  /// The part of `result.json` that the benchmarks read.
  struct Result: Decodable {
    struct Parameters: Decodable { let total: Int }
    let parameters: Parameters
    let peak_memory_bytes: Int
  }

  /// Reads the run's `result.json`.
  func result() throws -> Result {
    let data = try Data(contentsOf: output.appending(path: "result.json"))
    return try JSONDecoder().decode(Result.self, from: data)
  }
}
