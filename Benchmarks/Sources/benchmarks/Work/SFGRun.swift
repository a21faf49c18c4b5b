import Foundation
import Models

/// A run of the program on a configuration of its own.
struct SFGRun {
  private let file: URL
  private let output: URL

  init(_ configuration: Configuration, in folder: URL) throws {
    file = folder.appending(path: "\(configuration.run).yaml")
    output = folder.appending(path: configuration.run)
    try Data(configuration.yaml.utf8).write(to: file)
  }

  /// Trains in an empty folder.
  func train() throws -> ChildProcess.Usage {
    try? FileManager.default.removeItem(at: output)
    return try ChildProcess.run([
      "train", "--config", file.path, "--output", output.path, "--quiet",
    ])
  }

  /// The parameters that the run counted in its `result.json`.
  func parameterCount() throws -> Int {
    let data = try Data(contentsOf: output.appending(path: "result.json"))
    let result = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let parameters = result?["parameters"] as? [String: Any]
    guard let total = parameters?["total"] as? Int else {
      throw ChildProcess.Failed(description: "result.json without parameters.total")
    }
    return total
  }
}
