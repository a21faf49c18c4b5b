import ClickData
import Foundation
import Platform

/// A synthetic click log in a temporary folder, removed when the benchmarks end.
final class BenchmarkLog {
  let path: String
  let rows: Int
  private let folder: URL

  init(rows: Int, pool: WorkerPool) throws {
    self.rows = rows
    folder = FileManager.default.temporaryDirectory.appending(
      path: "sfg-bench-\(UUID().uuidString)")
    path = folder.appending(path: "criteo.tsv.gz").path
    _ = try SyntheticLog(preset: .criteo, seed: 1).write(
      rows: rows, to: path, pool: pool, progress: { _ in })
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var settings: DatasetSettings {
    var settings = DatasetSettings()
    settings.train = [path]
    return settings
  }
}
