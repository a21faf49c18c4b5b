import ClickData
import Configuration
import Foundation
import Platform
import Training

/// The data of runs that read the same rows as the same ids: scanned once, for all of them.
struct SweepData {
  let dataset: Dataset
  let encoder: FittedEncoder

  /// Opens the data of a configuration and fits its encodings.
  ///
  /// With a folder, the encodings are read from it, or else stored in it with a record of the
  /// files; `DataFailure.otherData` is thrown where these have changed since. Several processes may
  /// do this at once: one scans, the others wait.
  init(_ configuration: RunConfiguration, in folder: String?, _ line: ProgressLine) throws {
    dataset = try Dataset(settings: configuration.dataset, features: configuration.features)
    guard let folder else {
      encoder = try Self.fit(dataset, line)
      return
    }
    let lock = try Self.lock(folder, line)
    defer { withExtendedLifetime(lock) {} }
    let (fields, record) = ("\(folder)/fields.json", "\(folder)/data.json")
    if access(record, F_OK) == 0 {
      try dataset.check(DataRecord(contentsOf: record))
      encoder = try EncoderFile(contentsOf: fields).encoder
      return
    }
    encoder = try Self.fit(dataset, line)
    try EncoderFile(encoder).save(to: fields)
    // Written last: with it the encodings are complete.
    try dataset.record.write(to: record)
  }

  private static func fit(_ dataset: Dataset, _ line: ProgressLine) throws -> FittedEncoder {
    SkippedFiles.report(dataset, on: line)
    let watch = Stopwatch()
    let encoder = try dataset.fit { reading in
      line.update(TrainingReporter.progress(reading, label: "scan", seconds: watch.seconds))
      guard Interruption.isRequested else { return }
      line.clear()
      ExitStatus.exit(after: Interrupted(work: "sweep"))
    }
    line.event(EncodingText.line(encoder))
    return encoder
  }

  /// Locks a folder, waiting for another process that scans the same data.
  private static func lock(_ folder: String, _ line: ProgressLine) throws -> FolderLock {
    var hasWaited = false
    while true {
      do {
        return try FolderLock(folder)
      } catch let failure as FileFailure where "\(failure)".contains(BusyFolder.sign) {
        if !hasWaited { line.event("\(folder): waiting for another process that scans the data") }
        hasWaited = true
        guard !Interruption.isRequested else { throw Interrupted(work: "sweep") }
        usleep(100_000)
      }
    }
  }
}

/// How the failure to lock a folder is recognised, also in the log of another process.
enum BusyFolder {
  static let sign = "another process is writing there"
}
