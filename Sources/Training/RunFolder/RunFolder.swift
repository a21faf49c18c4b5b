import ClickData
import Foundation
import Models
import Platform

/// A run's folder: the paths of its files, each written completely or not at all.
public final class RunFolder {
  /// The folder itself.
  public let path: String
  private var lock: FolderLock?
  private var lines: [String] = []
  private var savedData: DataRecord?

  /// Refers to a folder without creating or reading anything.
  public init(_ path: String) { self.path = path }

  /// The configuration, complete with every default.
  public var configurationPath: String { "\(path)/config.yaml" }
  /// One JSON object per evaluation and per epoch.
  public var metricsPath: String { "\(path)/metrics.jsonl" }
  /// The final metrics and the facts needed to trust them.
  public var resultPath: String { "\(path)/result.json" }
  /// The weights of the best evaluation.
  public var bestPath: String { "\(path)/checkpoint/best.safetensors" }
  /// The last checkpoint: everything needed to resume.
  public var lastPath: String { "\(path)/checkpoint/last.safetensors" }
  /// The files that the run reads.
  public var dataPath: String { "\(path)/checkpoint/data.json" }
  /// The evaluations of a progressive run's days, as CSV.
  public var partsPath: String { "\(path)/progressive.csv" }
  /// The encoder of a progressive run while its vocabularies grow.
  public var nextEncoderPath: String { "\(path)/checkpoint/encoder" }
  /// The weights with which the run began, if these are another run's.
  public var originPath: String { "\(path)/checkpoint/from.json" }
  /// The table rows that the best weights were trained on.
  public var seenRowsPath: String { "\(path)/checkpoint/seen_rows.safetensors" }
  /// The recalibration of the best weights' predictions, if there is one.
  public var calibrationPath: String { "\(path)/calibration.json" }
  /// The fitted encoder, which turns raw rows into ids.
  public var encoderPath: String { "\(path)/encoder" }
  /// The encoder's document; vocabularies are beside it.
  public var fieldsPath: String { "\(encoderPath)/fields.json" }
  /// TensorBoard's event files.
  public var tensorboardPath: String { "\(path)/tensorboard" }

  /// The names of all that a run has in its folder; anything else there is the user's.
  public static let names: Set = [
    "config.yaml", "metrics.jsonl", "result.json", "calibration.json", "checkpoint", "encoder",
    "tensorboard", "analysis", "progressive.csv",
  ]

  /// The run whose file a path is, or would replace; nil where it is none of a run's files.
  public static func owner(of path: String) -> String? {
    guard let found = realpath(Folder.parent(of: path), nil) else { return nil }
    defer { free(found) }
    let folder = String(cString: found)
    func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
    func isRun(_ path: String) -> Bool {
      ["config.yaml", "checkpoint"].allSatisfy { access("\(path)/\($0)", F_OK) == 0 }
    }
    if names.contains(name(path)), isRun(folder) { return folder }
    let parent = Folder.parent(of: folder)
    let isInside = ["checkpoint", "encoder", "tensorboard"].contains(name(folder))
    return isInside && isRun(parent) ? parent : nil
  }

  /// Whether the folder holds a run that has finished: its result is written last.
  public var isFinished: Bool { access(resultPath, F_OK) == 0 }
  /// Whether there is a checkpoint to resume from.
  public var hasCheckpoint: Bool { access(lastPath, F_OK) == 0 }
  /// Whether a recalibration is stored.
  public var hasCalibration: Bool { access(calibrationPath, F_OK) == 0 }

  /// Locks the folder, creating it if necessary, and removes what a killed process left incomplete.
  ///
  /// Throws `FileFailure` if it cannot be written to, or if another process holds the lock.
  public func claim() throws {
    lock = try FolderLock(path)
    for folder in [path, "\(path)/checkpoint", encoderPath, tensorboardPath] {
      AtomicFile.removeLeftovers(in: folder)
    }
  }

  /// Releases the lock.
  public func release() { lock = nil }

  /// Writes the configuration of a new run, and the weights it begins with where these are another
  /// run's, and removes the files of an earlier run.
  public func begin(configuration: String, from origin: RunOrigin? = nil) throws {
    // The last checkpoint is removed first: without it the remaining files cannot be resumed.
    let events = ((try? Folder.names(in: tensorboardPath)) ?? []).map { "\(tensorboardPath)/\($0)" }
    let epochs = keptEpochs.map { path(of: .epoch($0)) }
    let files = [
      lastPath, dataPath, resultPath, metricsPath, bestPath, seenRowsPath, calibrationPath,
      originPath, partsPath,
    ]
    for stale in files + epochs + events {
      guard unlink(stale) == 0 || errno == ENOENT || errno == ENOTDIR else {
        throw FileFailure.last("remove", stale)
      }
    }
    lines = []
    try? FileManager.default.removeItem(atPath: nextEncoderPath)
    try Folder.make("\(path)/checkpoint")
    if let origin { try AtomicFile.write(origin.json.pretty + "\n", to: originPath) }
    try AtomicFile.write((origin?.comment ?? "") + configuration, to: configurationPath)
  }

  /// The weights with which the run began; nil where it drew them.
  public func origin() throws -> RunOrigin? { try RunOrigin(contentsOf: originPath) }

  /// Keeps the lines of `metrics.jsonl` up to a checkpoint, removes later ones and the result.
  func resume(after written: [JSONValue]) throws {
    try checkInPlace()
    let text = (try? WholeFile.read(metricsPath, .metrics)) ?? []
    let found = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    // Lines hold times, which checkpoints do not; missing lines are rewritten without them.
    lines =
      found.count >= written.count
      ? Array(found.prefix(written.count)) : written.map { "\($0)" }
    if lines != found { try writeMetrics() }
    guard unlink(resultPath) == 0 || errno == ENOENT else {
      throw FileFailure.last("remove", resultPath)
    }
  }

  /// Adds a line to `metrics.jsonl`.
  func append(_ line: JSONValue) throws {
    try checkInPlace()
    lines.append("\(line)")
    try writeMetrics()
  }

  /// Writes `result.json`, after which the run has finished.
  public func write(_ result: RunResult) throws {
    try checkInPlace()
    try AtomicFile.write(result.json.pretty + "\n", to: resultPath)
  }

  /// Writes the table of a progressive run's days.
  public func write(_ parts: [PartEvaluation]) throws {
    try checkInPlace()
    try AtomicFile.write(PartEvaluation.csv(parts), to: partsPath)
  }

  /// Saves a model's weights as the best so far, with the rows that training touched.
  func saveBest(_ model: CTRModel, metadata: [String: String]) throws {
    try checkInPlace()
    try SeenRows.save(model, to: seenRowsPath)
    try Checkpoint.save(model, metadata: metadata, to: bestPath)
  }

  /// Saves a model's weights at the end of an epoch, with the rows that training touched.
  func saveEpoch(_ epoch: Int, _ model: CTRModel, metadata: [String: String]) throws {
    try checkInPlace()
    try TrainingCheckpoint.save(model, state: [], metadata: metadata, to: path(of: .epoch(epoch)))
  }

  /// Throws `CheckpointFailure.otherEncoder` where weights name another encoder than the folder's;
  /// returns whether they name one.
  @discardableResult
  public func check(
    _ metadata: [String: String], of path: String, encoder: EncoderFile
  ) throws -> Bool {
    try EncoderPair.check(metadata, of: path, encoder: fieldsPath, seal: encoder.seal)
  }

  /// Replaces the configuration of a run that goes on with another one.
  public func update(configuration: String) throws {
    try checkInPlace()
    try AtomicFile.write((try origin()?.comment ?? "") + configuration, to: configurationPath)
  }

  /// Removes the last checkpoint of a run that has finished.
  public func dropLast() throws {
    for path in [lastPath, dataPath] {
      guard unlink(path) == 0 || errno == ENOENT else { throw FileFailure.last("remove", path) }
    }
  }

  /// Writes which files the run reads, if it has not been written before.
  func save(_ data: DataRecord?) throws {
    guard let data, data != savedData else { return }
    try data.write(to: dataPath)
    savedData = data
  }

  /// The files that the run read when it was interrupted; nil in runs of version 0.1.
  public func dataRecord() throws -> DataRecord? {
    access(dataPath, F_OK) == 0 ? try DataRecord(contentsOf: dataPath) : nil
  }

  /// Throws `TrainingFailure.folderRemoved` where the folder is no longer there: writing would
  /// create another one with a part of the run.
  func checkInPlace() throws {
    guard lock?.isInPlace ?? true, access(configurationPath, F_OK) == 0 else {
      throw TrainingFailure.folderRemoved(path: path)
    }
  }

  private func writeMetrics() throws {
    try AtomicFile.write(lines.map { "\($0)\n" }.joined(), to: metricsPath)
  }
}
