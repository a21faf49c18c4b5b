import Configuration
import Foundation
import Models
import Platform
import Testing

/// Configurations written by a test, and what is said of them.
enum ConfigurationFixture {
  /// The least that a configuration must say.
  static let data = "dataset: {train: data/train.tsv.gz}\n"

  /// Reads YAML text called demo.yaml.
  static func read(_ yaml: String, set overrides: [String] = []) throws -> RunConfiguration {
    try RunConfiguration(
      yaml: yaml, name: "demo.yaml", overrides: overrides.compactMap(ConfigurationOverride.init))
  }

  /// The sentence with which YAML text called demo.yaml is refused; nil where it is not.
  static func refusal(of yaml: String, set overrides: [String] = []) -> String? {
    sentence { try read(yaml, set: overrides) }
  }

  /// Reads the first of some files, which lie in one folder; the failure's sentence leaves that folder out.
  static func readFiles(
    _ files: KeyValuePairs<String, String>, set overrides: [String] = []
  ) throws -> Result<RunConfiguration, Refusal> {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    do {
      return .success(
        try RunConfiguration(
          file: "\(folder)/\(files[0].key)",
          overrides: overrides.compactMap(ConfigurationOverride.init)))
    } catch let failure as ConfigurationFailure {
      return .failure(
        Refusal(
          sentence: failure.description.replacingOccurrences(of: "\(folder)/", with: "")))
    }
  }

  /// A failure's sentence.
  struct Refusal: Error, Equatable {
    let sentence: String
  }

  private static func sentence(_ body: () throws -> RunConfiguration) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
