import Glibc
import Platform

/// What the system says of a file: which one it is, its size, and when it was last written and last changed.
///
/// The time of the last change is the system's own: no program sets it back, so another content with the same size
/// and time of writing still has another stamp.
struct FileStamp: Codable, Equatable {
  /// Times are nanoseconds since 1970.
  private(set) var device: UInt64 = 0
  private(set) var inode: UInt64 = 0
  private(set) var bytes = 0
  private(set) var modified = 0
  private(set) var changed = 0

  /// The stamp of a regular file; nil for what is none.
  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    bytes = Int(status.st_size)
    modified = Self.nanoseconds(status.st_mtim)
    changed = Self.nanoseconds(status.st_ctim)
  }

  /// The stamp of the regular file at a path; nil where there is none.
  init?(path: String) {
    var status = stat()
    guard path != InputPaths.standardInput, stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The stamps of those paths that lead to regular files.
  static func all(_ paths: some Sequence<String>) -> [String: FileStamp] {
    Dictionary(
      uniqueKeysWithValues: paths.compactMap { path in FileStamp(path: path).map { (path, $0) } })
  }

  /// What makes a file the same one under another name.
  struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  /// Which file it is.
  var identity: Identity { Identity(device: device, inode: inode) }

  /// Whether nothing was written between two stamps.
  func isUnwritten(since other: FileStamp) -> Bool {
    bytes == other.bytes && modified == other.modified
  }

  /// Whether a later change would have another time: clocks of file systems tick up to two seconds apart.
  var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Self.nanoseconds(now) - changed > 2_000_000_000
  }

  private static func nanoseconds(_ time: timespec) -> Int {
    time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

/// A file that was read to its end: its stamp, and the hash of its bytes.
struct FileContent: Codable, Equatable {
  /// From the root, links resolved.
  var path: String
  /// Taken when it was opened; nil where a change soon after could have left the same one.
  var stamp: FileStamp?
  /// XXH3-64 of its bytes as stored.
  var hash: String
}
