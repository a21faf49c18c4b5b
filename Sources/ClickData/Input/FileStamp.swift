import Glibc
import Platform

/// Identifies a state of a file by its inode, size, and times of the last write and change.
///
/// The system sets the time of the last change itself, and programs cannot set it back: another
/// content with the same size and time of writing still has another stamp.
struct FileStamp: Codable, Equatable {
  // Times are nanoseconds since 1970.
  private(set) var device: UInt64 = 0
  private(set) var inode: UInt64 = 0
  private(set) var bytes = 0
  private(set) var modified = 0
  private(set) var changed = 0

  /// The stamp of a regular file; nil for anything else.
  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(regular: status)
  }

  /// The stamp of a file that is known to be a regular one.
  init(regular status: stat) {
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

  /// Equal for all names of one file.
  struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  var identity: Identity { Identity(device: device, inode: inode) }

  /// Whether nothing was written between two stamps.
  func isUnwritten(since other: FileStamp) -> Bool {
    bytes == other.bytes && modified == other.modified
  }

  /// Whether a change after `now` would have another time: file systems may round to two seconds.
  func isSettled(at now: Int) -> Bool { now - changed > 2_000_000_000 }

  /// The time in nanoseconds since 1970.
  static func now() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return nanoseconds(now)
  }

  private static func nanoseconds(_ time: timespec) -> Int {
    time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

/// A file that was read to its end: its stamp, and the hash of its bytes.
struct FileContent: Codable, Equatable {
  /// From the root, links resolved.
  var path: String
  /// Taken when it was opened; nil where a change soon after could have left the same stamp.
  var stamp: FileStamp?
  /// XXH3-64 of its bytes as stored.
  var hash: String
}
