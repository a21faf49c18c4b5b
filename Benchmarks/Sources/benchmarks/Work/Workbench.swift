import ClickData
import Configuration
import Foundation
import Models
import Platform

/// What the benchmarks share: threads, rows in a file and in memory, shipped configurations.
final class Workbench {
  let pool: WorkerPool
  let log: BenchmarkLog
  let dataset: Dataset
  let encoder: FittedEncoder
  /// All rows, parsed and encoded.
  private(set) lazy var encoded = Result { try EncodedRows(self) }
  static let batchSize = 4096

  init(rows: Int) throws {
    pool = WorkerPool(threads: ProcessInfo.processInfo.activeProcessorCount)
    log = try BenchmarkLog(rows: rows, pool: pool)
    dataset = try Dataset(settings: log.settings, features: Self.features)
    encoder = try dataset.fit()
  }

  /// Opens a pass over the file.
  func open() throws -> BatchStream {
    try dataset.batches(of: .train, encoder: encoder, batchSize: Self.batchSize)
  }

  /// The first batches, for steps of a dense model.
  func batches(_ count: Int) throws -> [EncodedBatch] {
    Array(try encoded.get().batches.prefix(count))
  }

  /// The root folder of the project.
  static let project = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A shipped configuration with some keys changed, for the rows of the benchmarks.
  static func configuration(_ name: String, _ changes: [String]) throws -> RunConfiguration {
    var configuration = try RunConfiguration(
      file: project.appending(path: "configs/criteo_x1/\(name).yaml").path,
      overrides: changes.compactMap { ConfigurationOverride($0) })
    configuration.features = features
    return configuration
  }

  /// Hashes and `log_bucket`, as they were when the benchmarks were first recorded.
  private static var features: FeatureSettings {
    var features = FeatureSettings()
    features.categorical = .autoHash(maxBuckets: 1_000_000)
    features.numeric = .logBucket
    return features
  }
}
