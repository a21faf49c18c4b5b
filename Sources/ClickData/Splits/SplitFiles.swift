/// Which files may stand in which splits: no row belongs to two of them, whatever leads to its file.
enum SplitFiles {
  /// The files of one source that is divided row by row.
  ///
  /// A row's place follows from the name of its file, so a file may not have two names.
  static func source(_ patterns: [String]) throws -> [String] {
    var first: [FileStamp.Identity: String] = [:]
    for path in try InputPaths.names(patterns) {
      guard let identity = FileStamp(path: path)?.identity else { continue }
      let other = first[identity] ?? path
      guard InputPaths.lastComponent(other) == InputPaths.lastComponent(path) else {
        throw DataFailure.sharedFile(
          path: path, key: "dataset.source", other: other, otherKey: "dataset.source")
      }
      first[identity] = other
    }
    return try InputPaths.expand(patterns)
  }

  /// Throws `DataFailure.sharedFile` where a file stands in two splits.
  static func checkApart(_ files: [Split: [String]]) throws {
    var owners: [FileStamp.Identity: (path: String, key: String)] = [:]
    for split in Split.allCases {
      let key = "dataset.\(split)"
      for path in files[split] ?? [] {
        guard let identity = FileStamp(path: path)?.identity else { continue }
        if let owner = owners[identity], owner.key != key {
          throw DataFailure.sharedFile(
            path: path, key: key, other: owner.path, otherKey: owner.key)
        }
        owners[identity] = (path, key)
      }
    }
  }
}
