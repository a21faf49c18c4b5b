import Platform

/// Where encoded rows are kept, and whether new ones are.
public struct CacheFolder {
  /// The folder, which is made when something is written.
  public let path: String
  /// Whether rows that are not there yet are written, or only those that are there are read.
  public let writes: Bool
  /// Called on the thread that opens a pass.
  let report: (CacheEvent) -> Void
  /// The bytes that the folder has room for.
  var freeBytes: (String) -> Int? = Folder.freeBytes

  /// Names a folder; nothing is made or read.
  public init(_ path: String, writes: Bool, report: @escaping (CacheEvent) -> Void = { _ in }) {
    self.path = path
    self.writes = writes
    self.report = report
  }
}
