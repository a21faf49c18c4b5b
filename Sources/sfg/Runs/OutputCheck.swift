import ClickData
import Configuration
import Foundation
import Platform
import Training

/// Refuses an output that would replace what a command reads, or a file of a run.
struct OutputCheck {
  private let places: [DataPlaces]
  private let configurations: [String]

  /// The check for a command that reads some configurations and their data.
  init(reading settings: DatasetSettings, configurations: [String]) {
    places = [DataPlaces(settings)]
    self.configurations = configurations
  }

  /// The check for a command that evaluates runs, on their data or on other files.
  init(runs: [String], data: [String] = []) throws {
    let settings = try runs.map {
      try RunConfiguration(file: RunFolder($0).configurationPath).dataset
    }
    places = settings.map(DataPlaces.init) + [DataPlaces(data)]
    configurations = []
  }

  /// The check for a command that reads nothing.
  init() { (places, configurations) = ([], []) }

  /// Throws `RefusedOutput` where a file must not be written; `option` is the one that names it.
  func check(_ path: String, _ option: String) throws {
    let reason: String
    switch places.lazy.compactMap({ $0.conflict(with: path) }).first {
    case .input: reason = "is an input of this command"
    case .dataFolder: reason = "is in a folder of data, whose files are all read"
    case nil where configurations.contains { Self.areOneFile($0, path) }:
      reason = "is an input of this command"
    case nil:
      guard let run = RunFolder.owner(of: path) else { return }
      reason = "is a file of the run in \(run)"
    }
    throw RefusedOutput(option: option, path: path, reason: reason)
  }

  /// The same for a folder, in which any file may be written.
  func checkFolder(_ path: String, _ option: String) throws {
    try check("\(path)/report.html", option)
  }

  /// The same for a run's own folder, whose configuration may be one that it is trained with.
  func checkRun(_ run: RunFolder, _ option: String) throws {
    guard RunFolder.owner(of: run.configurationPath) == nil else { return }
    for path in [run.configurationPath, run.metricsPath, run.resultPath] {
      try check(path, option)
    }
  }

  /// Whether two paths lead to one file.
  static func areOneFile(_ path: String, _ other: String) -> Bool {
    var first = stat()
    var second = stat()
    guard stat(path, &first) == 0, stat(other, &second) == 0 else { return path == other }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}

/// An output that would replace something, or be read as data.
struct RefusedOutput: Failure, Equatable {
  let option: String
  let path: String
  let reason: String
  var status: FailureStatus { .usage }
  var description: String { "\(option) \(path): \(reason); choose another path" }
}
