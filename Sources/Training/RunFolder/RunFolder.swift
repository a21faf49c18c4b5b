import Foundation
import Models
import Platform

/// A run's folder: where its files stand, written whole or not at all.
public final class RunFolder {
  /// The folder itself.
  public let path: String
  private var lock: FolderLock?
  private var lines: [String] = []

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
  /// All that is needed to go on from the last checkpoint.
  public var lastPath: String { "\(path)/checkpoint/last.safetensors" }
  /// Which rows of the tables the best weights had been trained on.
  public var seenRowsPath: String { "\(path)/checkpoint/seen_rows.safetensors" }
  /// What turns raw rows into ids.
  public var encoderPath: String { "\(path)/encoder" }
  /// TensorBoard's event files.
  public var tensorboardPath: String { "\(path)/tensorboard" }
  /// The results of an analysis.
  public func analysisPath(_ analysis: String) -> String { "\(path)/analysis/\(analysis)" }

  /// Whether there is a checkpoint to go on from.
  public var hasCheckpoint: Bool { access(lastPath, F_OK) == 0 }

  /// Takes the folder for this process alone, making it where it is missing, and removes what a killed process
  /// left half-written.
  ///
  /// Throws `FileFailure` where it cannot be written to, or where another process holds it.
  public func claim() throws {
    lock = try FolderLock(path)
    for folder in [path, "\(path)/checkpoint", encoderPath, tensorboardPath] {
      AtomicFile.removeLeftovers(in: folder)
    }
  }

  /// Lets others take the folder.
  public func release() { lock = nil }

  /// Begins a run: writes its configuration and removes what an earlier run left under the same name, so
  /// that no file of two runs can be mistaken for one.
  public func begin(configuration: String) throws {
    // The last checkpoint goes first: without it nothing that is left can be resumed.
    let events = ((try? Folder.names(in: tensorboardPath)) ?? []).map { "\(tensorboardPath)/\($0)" }
    for stale in [lastPath, resultPath, metricsPath, bestPath, seenRowsPath] + events {
      guard unlink(stale) == 0 || errno == ENOENT || errno == ENOTDIR else {
        throw FileFailure.last("remove", stale)
      }
    }
    lines = []
    try Folder.make("\(path)/checkpoint")
    try AtomicFile.write(configuration, to: configurationPath)
  }

  /// Goes on after some evaluations: their lines of `metrics.jsonl` stay, later ones and the result go.
  func resume(after evaluations: [Evaluation]) throws {
    let text = (try? WholeFile.read(metricsPath)) ?? []
    let found = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    // Lines hold times, which no checkpoint knows; without them the evaluations are written again.
    lines =
      found.count >= evaluations.count
      ? Array(found.prefix(evaluations.count)) : evaluations.map { "\($0.json)" }
    if lines != found { try writeMetrics() }
    guard unlink(resultPath) == 0 || errno == ENOENT else {
      throw FileFailure.last("remove", resultPath)
    }
  }

  /// Adds an evaluation to `metrics.jsonl`.
  public func append(_ evaluation: Evaluation) throws {
    lines.append("\(evaluation.json)")
    try writeMetrics()
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

  private func writeMetrics() throws {
    try AtomicFile.write(lines.map { "\($0)\n" }.joined(), to: metricsPath)
  }
}
