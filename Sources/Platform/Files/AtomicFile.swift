import Glibc

/// A file that appears complete or not at all: written beside its path, synced, then renamed.
public final class AtomicFile {
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18
  private static let suffix = ".tmp"

  /// Opens a temporary file beside `path` and creates missing parent folders.
  ///
  /// What a killed process left of the same file is removed.
  public init(_ path: String) throws {
    self.path = path
    temporary = "\(path).\(getpid())\(Self.suffix)"
    try Folder.make(Folder.parent(of: path))
    Self.removeLeftovers(of: path)
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.last("write", path) }
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// Opens a file that only one process at a time may write; nil while another one does.
  ///
  /// A lock on the temporary file detects the other process; the system releases it when the
  /// process ends. The file that a killed process left is truncated.
  public init?(exclusively path: String) throws {
    self.path = path
    temporary = "\(path)\(Self.partial)"
    try Folder.make(Folder.parent(of: path))
    guard let locked = try Self.lock(temporary) else { return nil }
    descriptor = locked
    guard ftruncate(descriptor, 0) == 0 else { throw FileFailure.last("write", path) }
  }

  /// Removes the temporary files of exclusive files that killed processes left in a folder.
  public static func removeAbandoned(in folder: String) {
    for name in (try? Folder.names(in: folder)) ?? [] where name.hasSuffix(partial) {
      let path = "\(folder)/\(name)"
      guard let descriptor = try? lock(path) else { continue }
      unlink(path)
      close(descriptor)
    }
  }

  private static let partial = ".partial"

  /// Opens and locks a file; nil while another process holds it.
  private static func lock(_ path: String) throws -> Int32? {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw FileFailure.last("write", path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let failure = errno == EWOULDBLOCK ? nil : FileFailure.last("lock", path)
        close(descriptor)
        if let failure { throw failure }
        return nil
      }
      // Another process may have renamed or removed it between opening and locking.
      var opened = stat()
      var there = stat()
      guard
        fstat(descriptor, &opened) != 0 || stat(path, &there) != 0
          || opened.st_ino != there.st_ino || opened.st_dev != there.st_dev
      else { return descriptor }
      close(descriptor)
    }
  }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count >= Self.bufferSize {
      try writeAll(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Appends text in UTF-8.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Replaces bytes already appended, such as a header with the number of rows after it.
  public func rewrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    try flush()
    guard pwrite(descriptor, bytes.baseAddress, bytes.count, offset) == bytes.count else {
      throw FileFailure.last("write", path)
    }
  }

  /// Syncs what was written to the disk, so that `commit` has little left to do.
  public func sync() throws {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileFailure.last("sync", path) }
  }

  /// Syncs what was written and renames it to its path; without this call, no file remains.
  public func commit() throws {
    try sync()
    guard rename(temporary, path) == 0 else { throw FileFailure.last("rename into place", path) }
    // An exclusive file stays locked until it is renamed.
    close(descriptor)
    descriptor = -1
    Folder.sync(Folder.parent(of: path))
  }

  deinit {
    guard descriptor >= 0 else { return }
    unlink(temporary)
    close(descriptor)
  }

  /// Removes the temporary files that killed processes left in a folder.
  ///
  /// No other process may be writing to the folder: its temporary files would be removed, too.
  public static func removeLeftovers(in folder: String) {
    for name in (try? Folder.names(in: folder)) ?? [] where writer(ofTemporary: name) != nil {
      unlink("\(folder)/\(name)")
    }
  }

  /// Removes the temporary files of one file whose processes have ended.
  private static func removeLeftovers(of path: String) {
    let folder = Folder.parent(of: path)
    let start = path.split(separator: "/").last.map { "\($0)." } ?? ""
    for name in (try? Folder.names(in: folder)) ?? [] where name.hasPrefix(start) {
      guard let writer = writer(ofTemporary: name), name == "\(start)\(writer)\(suffix)",
        kill(writer, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// The process whose temporary file has this name; nil for the name of any other file.
  private static func writer(ofTemporary name: String) -> pid_t? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 2, name.hasSuffix(suffix), let writer = pid_t(parts[parts.count - 2]),
      writer > 0
    else { return nil }
    return writer
  }

  /// Writes text to a path, atomically.
  public static func write(_ text: String, to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(text)
    try file.commit()
  }

  private func flush() throws {
    guard !buffer.isEmpty else { return }
    try buffer.withUnsafeBytes { try writeAll($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count {
      let written = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFailure.last("write", path) }
      done += written
    }
  }
}
