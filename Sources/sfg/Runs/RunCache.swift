import ClickData
import Platform
import Training

/// The cache of encoded rows of a run.
enum RunCache {
  /// The folder of the settings; `auto` is beside the run's folder, for all runs of the same data.
  static func folder(
    of settings: DatasetSettings, run: RunFolder, writes: Bool,
    report: @escaping (CacheEvent) -> Void = { _ in }
  ) -> CacheFolder? {
    switch settings.cache {
    case .off: nil
    case .auto:
      CacheFolder(
        "\(Folder.parent(of: trimmed(run.path)))/.sfg-cache", writes: writes, report: report)
    case .folder(let path): CacheFolder(path, writes: writes, report: report)
    }
  }

  /// A path without trailing slashes.
  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }
}

/// Log lines about the cache.
enum CacheText {
  /// The line of an event.
  static func sentence(_ event: CacheEvent) -> String {
    switch event {
    case .used(let split, let path, let rows):
      "cache: reading \(Readable.count(rows)) \(split) rows from \(path)"
    case .written(let split, let path, let bytes, let problem):
      "cache: " + (problem.map { "ignoring \(path): \(reason($0)); " } ?? "")
        + "writing \(split) rows to \(path)"
        + (bytes.map { ", about \(Readable.count($0))B" } ?? "")
    case .unused(let split, let problem):
      "cache: not caching \(split) rows: \(reason(problem))"
    }
  }

  private static func reason(_ problem: CacheProblem) -> String {
    switch problem {
    case .version(let found):
      "its format version \(found) is not supported"
    case .damaged(let what): "it is damaged (\(what))"
    case .changed(let path): "\(path) has changed since it was written"
    case .noSpace(let needed, let free):
      "they need about \(Readable.count(needed))B, and \(Readable.count(free))B are free; "
        + "free space or set dataset.cache to a folder on another disk"
    case .busy: "another process is writing them"
    case .refused(let sentence): sentence
    }
  }
}
