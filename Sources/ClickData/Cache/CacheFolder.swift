import Platform

/// Where encoded rows are cached, and whether new ones are written.
public struct CacheFolder {
  /// The folder, which is created when a file is written.
  public let path: String
  /// Whether missing rows are written, or only existing ones are read.
  public let writes: Bool
  /// Called on the thread that opens a pass.
  let report: (CacheEvent) -> Void
  /// Returns the free bytes of the folder.
  var freeBytes: (String) -> Int? = Folder.freeBytes
  /// Returns the time in nanoseconds since 1970.
  var now: () -> Int = FileStamp.now

  /// Describes a folder; nothing is created or read.
  public init(_ path: String, writes: Bool, report: @escaping (CacheEvent) -> Void = { _ in }) {
    self.path = path
    self.writes = writes
    self.report = report
  }
}

/// Why a file of encoded rows is not used.
public enum CacheProblem: Error, Equatable, Sendable {
  /// It has another version of the format.
  case version(Int)
  /// Its bytes have changed since they were written, in this way.
  case damaged(String)
  /// A file of the data has changed since it was written.
  case changed(path: String)
  /// The rows would not fit on the disk.
  case noSpace(needed: Int, free: Int)
  /// Another process is writing it.
  case busy
  /// The system refused to read or write it.
  case refused(String)

  /// The problem that an error of reading or writing is.
  init(_ error: any Error) { self = error as? CacheProblem ?? .refused("\(error)") }
}

/// What happened to the encoded rows of a split.
public enum CacheEvent: Equatable, Sendable {
  /// The rows are read from a cache.
  case used(split: String, path: String, rows: Int)
  /// The rows are written to a cache of about so many bytes, nil where that is unknown; `instead`
  /// is the problem of the file that they replace.
  case written(split: String, path: String, bytes: Int?, instead: CacheProblem?)
  /// The rows are neither read from a cache nor written to one.
  case unused(split: String, CacheProblem)
}
