import ClickData
import Foundation
import Platform

/// A synthetic click log in a temporary folder, which is removed when the benchmarks end.
final class BenchmarkLog {
  let folder: URL
  let path: String
  let rows: Int

  init(rows: Int, pool: WorkerPool) throws {
    self.rows = rows
    folder = FileManager.default.temporaryDirectory.appending(
      path: "sfg-bench-\(UUID().uuidString)")
    path = folder.appending(path: "criteo.tsv.gz").path
    try write(rows: rows, to: path, pool: pool)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes another log with the same distribution into the same folder and returns its path.
  func sibling(rows: Int, named name: String, pool: WorkerPool) throws -> String {
    let path = folder.appending(path: name).path
    try write(rows: rows, to: path, pool: pool)
    return path
  }

  var settings: DatasetSettings {
    var settings = DatasetSettings()
    settings.train = [path]
    return settings
  }

  private func write(rows: Int, to path: String, pool: WorkerPool) throws {
    _ = try SyntheticLog(preset: .criteo, seed: 1).write(
      rows: rows, to: path, pool: pool, progress: { _ in })
  }
}
