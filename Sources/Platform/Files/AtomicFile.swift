import Glibc

/// A file that appears whole or not at all: written beside its place, synced, then renamed into it.
public final class AtomicFile {
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18
  private static let suffix = ".tmp"

  /// Opens a temporary file beside `path`, making the folders above it where they are missing.
  public init(_ path: String) throws {
    self.path = path
    temporary = "\(path).\(getpid())\(Self.suffix)"
    try Folder.make(Folder.parent(of: path))
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.last("write", path) }
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// Opens a file that one process at a time writes; nil while another one does.
  ///
  /// What a process that was killed has left of it is begun anew. Who comes second is told by a lock on the
  /// temporary file, which the system lets go of with the process.
  public init?(exclusively path: String) throws {
    self.path = path
    temporary = "\(path)\(Self.partial)"
    try Folder.make(Folder.parent(of: path))
    guard let locked = try Self.lock(temporary) else { return nil }
    descriptor = locked
    guard ftruncate(descriptor, 0) == 0 else { throw FileFailure.last("write", path) }
  }

  /// Removes what processes that were killed have left of exclusive files in a folder.
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

  /// Appends a text in UTF-8.
  public func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Replaces bytes already appended, such as a header that counts what follows it.
  public func rewrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    try flush()
    guard pwrite(descriptor, bytes.baseAddress, bytes.count, offset) == bytes.count else {
      throw FileFailure.last("write", path)
    }
  }

  /// Brings what was written to the disk; `commit` then has little left to do.
  public func sync() throws {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileFailure.last("sync", path) }
  }

  /// Syncs what was written and renames it to its path; without this call nothing is left.
  public func commit() throws {
    try sync()
    guard rename(temporary, path) == 0 else { throw FileFailure.last("rename into place", path) }
    // An exclusive file stays locked until it is in its place.
    close(descriptor)
    descriptor = -1
    Folder.sync(Folder.parent(of: path))
  }

  deinit {
    guard descriptor >= 0 else { return }
    unlink(temporary)
    close(descriptor)
  }

  /// Removes the temporary files that processes left in a folder when they were killed.
  ///
  /// Only for whoever is alone in the folder: a file that is being written would go as well.
  public static func removeLeftovers(in folder: String) {
    for name in (try? Folder.names(in: folder)) ?? [] where name.hasSuffix(suffix) {
      let parts = name.dropLast(suffix.count).split(separator: ".")
      guard parts.count > 1, parts.last?.allSatisfy(\.isNumber) == true else { continue }
      unlink("\(folder)/\(name)")
    }
  }

  /// Writes a whole text to a path, atomically.
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
      let written = Glibc.write(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw FileFailure.last("write", path) }
      done += written
    }
  }
}
