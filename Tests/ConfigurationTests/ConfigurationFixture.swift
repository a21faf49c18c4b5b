import Configuration
import Foundation
import Models
import Platform
import Testing

/// Configurations written by a test, and their error sentences.
enum ConfigurationFixture {
  /// The minimal valid configuration.
  static let data = "dataset: {train: data/train.tsv.gz}\n"

  /// Reads YAML text called demo.yaml.
  static func read(_ yaml: String, set overrides: [String] = []) throws -> RunConfiguration {
    try RunConfiguration(
      yaml: yaml, name: "demo.yaml", overrides: overrides.compactMap(ConfigurationOverride.init))
  }

  /// The error sentence of YAML text called demo.yaml; nil if it is valid.
  static func refusal(of yaml: String, set overrides: [String] = []) -> String? {
    sentence { try read(yaml, set: overrides) }
  }

  /// Reads the first of several files in one folder, or those that are given together; that folder
  /// is left out of the error sentence.
  static func readFiles(
    _ files: KeyValuePairs<String, String>, given names: [String]? = nil,
    set overrides: [String] = []
  ) throws -> Result<RunConfiguration, Refusal> {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    do {
      return .success(
        try RunConfiguration(
          given: (names ?? [files[0].key]).map { "\(folder)/\($0)" },
          overrides: overrides.compactMap(ConfigurationOverride.init)))
    } catch let failure as ConfigurationFailure {
      return .failure(
        Refusal(
          sentence: failure.description.replacingOccurrences(of: "\(folder)/", with: "")))
    }
  }

  /// An error sentence.
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
