import Configuration
import Foundation
import Glibc
import Platform
import Training

/// One run's folder as a line of a list.
struct RunListing {
  /// How far a run has come.
  enum State: String {
    /// Its results are written.
    case finished
    /// It can go on from a checkpoint.
    case halfDone = "half-done"
    /// It has no checkpoint yet.
    case begun
    /// Its configuration cannot be read.
    case damaged
  }

  /// The path below the folder that is listed.
  let name: String
  let state: State
  /// The backbone; nil in a damaged run.
  let model: String?
  let paradigm: String?
  /// The best epoch of a finished run, the current one of another.
  let epoch: Int?
  /// The split of the metrics: `test`, or `valid` where there is no other.
  let split: String?
  let auc: Double?
  let logloss: Double?
  /// Bytes of all files.
  let bytes: Int
  /// When its last file was written.
  let changed: Date

  /// Reads what a run's files report; what is not there is left out.
  init(of path: String, name: String) {
    self.name = name
    let folder = RunFolder(path)
    let configuration = try? RunConfiguration(file: folder.configurationPath)
    model = configuration?.model.backbone.rawValue
    paradigm = configuration?.model.paradigm.rawValue
    let result = folder.isFinished ? RunDocument(folder.resultPath) : nil
    let last = Self.lastLine(of: folder.metricsPath)
    state =
      switch (configuration, folder.isFinished, folder.hasCheckpoint) {
      case (nil, _, _): .damaged
      case (_, true, _): .finished
      case (_, false, true): .halfDone
      case (_, false, false): .begun
      }
    let split = ["test", "valid"].first { result?.object($0) != nil }
    let metrics = split.flatMap { result?.object($0) }
    let isEvaluation = last?.number("AUC") != nil
    self.split = split ?? (isEvaluation ? last?.text("split") : nil)
    auc = metrics?.number("AUC") ?? (result == nil ? last?.number("AUC") : nil)
    logloss = metrics?.number("logloss") ?? (result == nil ? last?.number("logloss") : nil)
    let best = result?.object("best")?.number("epoch") ?? result?.number("epochs")
    epoch = (best ?? last?.number("epoch")).map { Int($0) }
    (bytes, changed) = Self.files(below: path)
  }

  private static func lastLine(of path: String) -> RunDocument? {
    guard let bytes = try? WholeFile.read(path, .metrics) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").last
      .flatMap { RunDocument(text: String($0)) }
  }

  private static func files(below path: String) -> (bytes: Int, changed: Date) {
    var (bytes, changed) = (0, Date.distantPast)
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    for name in names {
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      bytes += Int(status.st_size)
      changed = max(changed, Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec)))
    }
    return (bytes, changed)
  }

  /// The paths of all runs below a folder, relative to it and sorted; "." for the folder itself.
  ///
  /// A run's own folders hold no others. Throws `FileFailure` where the folder cannot be read.
  static func paths(below folder: String) throws -> [String] {
    func find(_ path: String, _ name: String) throws -> [String] {
      if access("\(path)/config.yaml", F_OK) == 0 { return [name.isEmpty ? "." : name] }
      return try Folder.names(in: path).flatMap { child -> [String] in
        var status = stat()
        let inner = "\(path)/\(child)"
        // Links are not followed: they may lead back.
        guard lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [] }
        return try find(inner, name.isEmpty ? child : "\(name)/\(child)")
      }
    }
    return try find(folder, "")
  }
}
