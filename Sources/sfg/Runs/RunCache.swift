import ClickData
import Platform
import Training

/// Where a run finds and keeps encoded rows.
enum RunCache {
  /// The folder that the settings ask for; `auto` is one beside the run's, so that runs of the same data share it.
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

  /// A path without slashes at its end.
  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }
}
