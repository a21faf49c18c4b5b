import Glibc
import Platform

/// The files and folders that rows are read from, where no output may be written.
public struct DataPlaces {
  /// Why an output must not have a path.
  public enum Conflict: Equatable, Sendable {
    /// Rows are read from the file.
    case input
    /// The file would be in a folder whose files are read.
    case dataFolder
  }

  private struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private var files: Set<Identity> = []
  private var folders: Set<Identity> = []

  /// Finds what patterns match; what cannot be found is left out, because reading reports it.
  public init(_ patterns: [String]) {
    for pattern in patterns where pattern != InputPaths.standardInput {
      var skipped: [String] = []
      let names = ((try? InputPaths.names([pattern], skipped: &skipped)) ?? []) + skipped
      files.formUnion((names + [pattern]).compactMap { Self.identity($0, isFolder: false) })
      guard let folder = Self.identity(pattern, isFolder: true) else { continue }
      folders.insert(folder)
      // Files of partitions are further down.
      folders.formUnion(
        Set(names.map(Folder.parent(of:))).compactMap { Self.identity($0, isFolder: true) })
    }
  }

  /// Finds the data of all splits.
  public init(_ settings: DatasetSettings) {
    self.init(settings.source + settings.train + settings.valid + settings.test)
  }

  /// What a file at a path would replace, or where it would be read as data; nil for neither.
  public func conflict(with path: String) -> Conflict? {
    if let file = Self.identity(path, isFolder: false), files.contains(file) { return .input }
    let folder = Self.identity(Folder.parent(of: path), isFolder: true)
    return folder.map(folders.contains) == true ? .dataFolder : nil
  }

  private static func identity(_ path: String, isFolder: Bool) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0, (status.st_mode & S_IFMT == S_IFDIR) == isFolder else {
      return nil
    }
    return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}
