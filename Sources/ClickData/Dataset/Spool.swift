import Glibc
import Platform

/// A folder for pipes that are read more than once: each is copied to a file first, compressed.
///
/// The folder belongs to one run and is locked while the run uses it, so that what killed processes
/// left in its parent can be recognised and removed. `remove` removes it; it is kept otherwise.
public final class Spool {
  /// What happened to a pipe.
  public enum Event: Equatable, Sendable {
    /// It was copied: so many bytes, to a file of so many.
    case written(pipe: String, path: String, bytes: Int, stored: Int)
    /// It is not read, because an interrupted run had copied it already.
    case used(pipe: String, path: String, stored: Int)
  }

  private let path: String
  private let resumes: Bool
  private let report: (Event) -> Void
  private let progress: (_ pipe: String, _ bytes: Int) throws -> Void
  private var lock: FolderLock?
  /// Folders that did not exist before, innermost first.
  private var created: [String] = []

  /// Describes the folder `name` in `parent`; nothing is created before the first pipe is copied.
  ///
  /// Where `resumes`, complete copies are used. `progress` is called during copying, and while a
  /// pipe has no bytes; what it throws ends the copying.
  public init(
    in parent: String, name: String, resumes: Bool, report: @escaping (Event) -> Void,
    progress: @escaping (_ pipe: String, _ bytes: Int) throws -> Void
  ) {
    path = "\(parent)/\(name)"
    self.resumes = resumes
    self.report = report
    self.progress = progress
  }

  /// Removes the copies of runs in `parent` that no process uses, unless `keeps` their names.
  public static func removeAbandoned(in parent: String, keeps: (String) -> Bool) {
    for name in (try? Folder.names(in: parent)) ?? [] where !keeps(name) {
      guard let lock = try? FolderLock("\(parent)/\(name)") else { continue }
      empty("\(parent)/\(name)")
      withExtendedLifetime(lock) {}
    }
    rmdir(parent)
  }

  /// Removes all copies, and the folders that were created for them.
  public func remove() {
    guard lock != nil || access(path, F_OK) == 0 else { return }
    Self.empty(path)
    lock = nil
    rmdir(Folder.parent(of: path))
    for folder in created { rmdir(folder) }
  }

  /// The path of the copy of a pipe, which is made now unless it exists.
  func copy(of pipe: String) throws -> String {
    let copy = "\(path)/\(Self.fileName(of: pipe))"
    let name = InputPaths.displayName(pipe)
    try claim()
    if resumes, let stamp = FileStamp(path: copy) {
      report(.used(pipe: name, path: copy, stored: stamp.bytes))
      return copy
    }
    let bytes: Int
    do {
      bytes = try write(pipe, to: copy)
    } catch FileFailure.refused(let path, _, let reason) where path == copy {
      throw FileFailure.refused(
        path: copy, operation: "keep \(name), which is read more than once",
        reason: "\(reason); free space, or write it to a file on another disk and read that")
    }
    let stored = FileStamp(path: copy)?.bytes ?? 0
    report(.written(pipe: name, path: copy, bytes: bytes, stored: stored))
    return copy
  }

  private func claim() throws {
    guard lock == nil else { return }
    var folder = Folder.parent(of: Folder.parent(of: path))
    while access(folder, F_OK) != 0 {
      created.append(folder)
      folder = Folder.parent(of: folder)
    }
    lock = try FolderLock(path)
    if !resumes { Self.empty(path, keepingFolder: true) }
  }

  /// Copies a pipe as it is if it is compressed, else compressed; returns the bytes read.
  private func write(_ pipe: String, to copy: String) throws -> Int {
    let source = try PipeBytes(pipe, progress)
    let file = try AtomicFile(copy)
    var bytes = try source.next()
    let compressor = try source.isText(bytes) ? ZstdCompressor() : nil
    while true {
      if let compressor {
        try compressor.compress(bytes, ends: bytes.isEmpty) { try file.write($0) }
      } else {
        try file.write(UnsafeRawBufferPointer(bytes))
      }
      guard !bytes.isEmpty else { break }
      bytes = try source.next()
    }
    try file.commit()
    return source.count
  }

  private static func fileName(of pipe: String) -> String {
    guard pipe != InputPaths.standardInput else { return "standard-input" }
    return "pipe-\(ContentHash.text(Array(pipe.utf8).withUnsafeBytes { ContentHash.of($0) }))"
  }

  private static func empty(_ folder: String, keepingFolder: Bool = false) {
    for name in (try? Folder.names(in: folder)) ?? [] { unlink("\(folder)/\(name)") }
    if !keepingFolder { rmdir(folder) }
  }
}

/// The bytes of a pipe as they are stored, a megabyte at a time.
private final class PipeBytes {
  private let name: String
  private let source: ByteSource
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private let progress: (_ pipe: String, _ bytes: Int) throws -> Void
  private let cancellation: Cancellation

  /// What the progress threw while the pipe had no bytes.
  private final class Cancellation { var reason: (any Error)? }

  init(_ pipe: String, _ progress: @escaping (_ pipe: String, _ bytes: Int) throws -> Void) throws {
    let name = InputPaths.displayName(pipe)
    let cancellation = Cancellation()
    do throws(ReadFailure) {
      source = try ByteSource(stored: pipe) {
        do { try progress(name, 0) } catch { cancellation.reason = error }
        return cancellation.reason != nil
      }
    } catch {
      throw error.failure(path: name, lastRow: 0)
    }
    self.name = name
    self.progress = progress
    self.cancellation = cancellation
    buffer = .allocate(capacity: 1 << 20)
  }

  deinit { buffer.deallocate() }

  /// The bytes read so far.
  var count: Int { source.offset }

  /// The next bytes, valid until the following call; none at the end.
  func next() throws -> UnsafeBufferPointer<UInt8> {
    let count: Int
    do throws(ReadFailure) {
      count = try source.fill(buffer)
    } catch {
      throw error.failure(path: name, lastRow: 0)
    }
    if let reason = cancellation.reason { throw reason }
    try progress(name, source.offset)
    return UnsafeBufferPointer(rebasing: buffer[..<count])
  }

  /// Whether the first bytes are those of plain text; throws where there are none, or not readable.
  func isText(_ start: UnsafeBufferPointer<UInt8>) throws -> Bool {
    guard !start.isEmpty else { throw DataFailure.emptyFile(path: name) }
    guard Compression(detecting: start) == nil else { return false }
    if let format = ForeignFormat(detecting: start) {
      throw DataFailure.foreign(format, path: name)
    }
    return true
  }
}
