import Configuration
import Foundation
import Platform
import Training

/// The folder of a sweep: one folder per run, and what is beside them.
///
/// No two processes write one file, so that the tasks of a sweep can share the folder.
struct SweepFolder {
  let path: String

  /// The folder of a run.
  func run(_ run: SweepRun) -> RunFolder { RunFolder("\(path)/\(run.name)") }
  /// The configuration that a run is trained with.
  func cell(_ run: SweepRun) -> String { "\(path)/cells/\(run.name).yaml" }
  /// What a run's processes print.
  func log(_ run: SweepRun) -> String { "\(path)/logs/\(run.name).log" }
  /// Why a run failed the last time, in one line.
  func failure(_ run: SweepRun) -> String { "\(path)/logs/\(run.name).failed" }
  /// The encodings of data.
  func encoder(_ name: String) -> String { "\(path)/encoders/\(name)" }

  /// What is known of a run; a failure of an earlier call is none.
  func state(_ run: SweepRun) -> SweepRunState {
    let folder = self.run(run)
    guard folder.isFinished, let facts = SweepRunFacts(folder) else { return .untrained }
    let saved = try? RunConfiguration(file: folder.configurationPath)
    let metrics = (try? WholeFile.read(folder.metricsPath, .metrics)) ?? []
    return .trained(
      epochs: facts.stoppedEarly ? nil : saved?.training.epochs ?? 0,
      ValidationHistory(metrics: String(decoding: metrics, as: UTF8.self)))
  }

  /// The failure that was recorded; nil if there is none.
  func recordedFailure(_ run: SweepRun) -> String? {
    (try? WholeFile.read(failure(run), .result)).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
  }

  /// Throws `NoSweepFolder` where the folder holds anything else than a sweep, and `OtherRun` where
  /// that of a run holds one that trains something else.
  func check(_ runs: [SweepRun]) throws {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let isSweep = !Set(["cells", "encoders"]).isDisjoint(with: entries)
    if let entry = entries.min(), !isSweep { throw NoSweepFolder(path: path, found: entry) }
    for run in runs {
      let folder = self.run(run)
      guard folder.isFinished || folder.hasCheckpoint,
        let found = try? RunConfiguration(file: folder.configurationPath),
        let lines = run.difference(from: found)
      else { continue }
      throw OtherRun(path: folder.path, expected: lines.expected, found: lines.found)
    }
  }

  /// Writes the configuration of a run, and removes the record of an earlier failure.
  func prepare(_ run: SweepRun) throws {
    try AtomicFile.write(run.configuration.yaml, to: cell(run))
    try Folder.make("\(path)/logs")
    unlink(failure(run))
  }
}

/// The folder of a sweep holds files that are not its own.
struct NoSweepFolder: Failure, Equatable {
  let path: String
  let found: String
  var status: FailureStatus { .usage }
  var description: String {
    "\(path): found \"\(found)\" and no cells of a sweep, expected a new folder or that of a sweep; "
      + "choose another --output"
  }
}

/// The folder of a run holds another one than the sweep's.
struct OtherRun: Failure, Equatable {
  let path: String
  let expected: String
  let found: String
  var status: FailureStatus { .badConfiguration }
  var description: String {
    "\(path): holds a run of another configuration: found \"\(found)\", expected \"\(expected)\"; "
      + "choose another --output, or remove the folder"
  }
}

/// What the files of a finished run report, beside its validation metrics.
struct SweepRunFacts {
  private struct Result: Decodable {
    struct Metrics: Decodable {
      let AUC: Double?
      let logloss: Double?
      let rows: Int?
    }
    struct Best: Decodable { let epoch: Int }
    let valid: Metrics?
    let test: Metrics?
    let best: Best?
    let stopped: String
    let epochs: Int
  }

  private struct Line: Decodable {
    let split: String
    let span: String?
    let samples_per_second, seconds, cpu_seconds: Double?
  }

  private let result: Result
  private let folder: RunFolder

  /// Reads `result.json`; nil where it is missing or invalid.
  init?(_ folder: RunFolder) {
    guard let bytes = try? WholeFile.read(folder.resultPath, .result),
      let result = try? JSONDecoder().decode(Result.self, from: Data(bytes))
    else { return nil }
    (self.folder, self.result) = (folder, result)
  }

  var stoppedEarly: Bool { result.stopped == "early" }
  var bestEpoch: Int? { result.best?.epoch }
  /// The metrics of the held-out rows: test, or validation where there are none.
  var auc: Double? { (result.test ?? result.valid)?.AUC }
  var logloss: Double? { (result.test ?? result.valid)?.logloss }
  var rows: Int? { (result.test ?? result.valid)?.rows }
  var validAUC: Double? { result.valid?.AUC }

  /// The rows of a split; nil where it was not evaluated.
  func rows(of split: String) -> Int? { (split == "valid" ? result.valid : result.test)?.rows }

  /// Training rows per second of wall time, the median over epochs; nil where none was measured.
  var rowsPerSecond: Double? { median(epochs.compactMap(\.samples_per_second)) }

  /// Training rows per second that processors worked, the median over epochs; nil where none was
  /// measured.
  var rowsPerProcessorSecond: Double? {
    median(
      epochs.compactMap { epoch in
        guard let speed = epoch.samples_per_second, let seconds = epoch.seconds,
          let worked = epoch.cpu_seconds, worked > 0
        else { return nil }
        return speed * seconds / worked
      })
  }

  private var epochs: [Line] {
    let text = (try? WholeFile.read(folder.metricsPath, .metrics)) ?? []
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }.filter { $0.split == "train" && $0.span == "epoch" }
  }

  private func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }
}
