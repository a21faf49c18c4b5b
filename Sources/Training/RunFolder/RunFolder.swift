import Glibc
import Models
import Platform

/// A run's folder: where its files stand, written whole or not at all.
public final class RunFolder {
  /// The folder itself.
  public let path: String
  private var evaluations = ""

  /// Names a folder; nothing is made or read.
  public init(_ path: String) { self.path = path }

  /// The configuration, complete with every default.
  public var configurationPath: String { "\(path)/config.yaml" }
  /// A JSON object an evaluation.
  public var metricsPath: String { "\(path)/metrics.jsonl" }
  /// The final metrics and everything that is needed to trust them.
  public var resultPath: String { "\(path)/result.json" }
  /// The weights of the best evaluation.
  public var bestPath: String { "\(path)/checkpoint/best.safetensors" }
  /// The weights where training was interrupted.
  public var lastPath: String { "\(path)/checkpoint/last.safetensors" }
  /// Which rows of the tables the best weights had been trained on.
  public var seenRowsPath: String { "\(path)/checkpoint/seen_rows.safetensors" }
  /// What turns raw rows into ids.
  public var encoderPath: String { "\(path)/encoder" }
  /// The results of an analysis.
  public func analysisPath(_ analysis: String) -> String { "\(path)/analysis/\(analysis)" }

  /// Begins a run: writes its configuration and removes what an earlier run left under the same name, so
  /// that no file of two runs can be mistaken for one.
  public func begin(configuration: String) throws {
    for stale in [resultPath, metricsPath, bestPath, lastPath, seenRowsPath] {
      guard unlink(stale) == 0 || errno == ENOENT || errno == ENOTDIR else {
        throw FileFailure.last("remove", stale)
      }
    }
    evaluations = ""
    try Folder.make("\(path)/checkpoint")
    try AtomicFile.write(configuration, to: configurationPath)
  }

  /// Adds an evaluation to `metrics.jsonl`.
  public func append(_ evaluation: Evaluation) throws {
    evaluations += "\(evaluation.json)\n"
    try AtomicFile.write(evaluations, to: metricsPath)
  }

  /// Writes `result.json`.
  public func write(_ result: RunResult) throws {
    try AtomicFile.write(result.json.pretty + "\n", to: resultPath)
  }

  /// Writes a model's weights as the best so far, with the rows its training touched.
  func saveBest(_ model: CTRModel, metadata: [String: String]) throws {
    try SeenRows.save(model, to: seenRowsPath)
    try Checkpoint.save(model, metadata: metadata, to: bestPath)
  }
}
