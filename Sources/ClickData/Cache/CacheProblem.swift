/// Why a file of encoded rows is not used.
public enum CacheProblem: Error, Equatable, Sendable {
  /// It was written by a program with another version of the format.
  case version(Int)
  /// Its bytes are not those that were written: what was found.
  case damaged(String)
  /// A file of the data is not the one whose rows it holds.
  case changed(path: String)
  /// The rows would not fit onto the disk.
  case noSpace(needed: Int, free: Int)
  /// Another process is writing it.
  case busy
  /// The system refused to read or write it.
  case refused(String)
}

/// What happened to the encoded rows of a split.
public enum CacheEvent: Equatable, Sendable {
  /// The rows come from a cache.
  case used(split: String, path: String, rows: Int)
  /// The rows go into a cache of about so many bytes, nil where that is not known; `instead` is what was wrong with
  /// the one that is there.
  case written(split: String, path: String, bytes: Int?, instead: CacheProblem?)
  /// The rows are neither read from a cache nor kept.
  case unused(split: String, CacheProblem)
}
