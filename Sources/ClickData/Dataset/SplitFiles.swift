import Platform

/// The files of each split: none may be in two splits, and all must stay unchanged between passes.
final class SplitFiles {
  /// The files without text that a glob or folder contains.
  let skipped: [String]
  private let files: [Split: [String]]
  private let stamps: [String: FileStamp]
  private let spool: Spool?
  private var openedPipes: Set<String> = []
  /// The files that are read instead of pipes.
  private var copies: [String: String] = [:]

  /// Expands the globs of settings; throws `DataFailure` or `FileFailure`.
  ///
  /// Pipes that are read again are copied to `spool`; without one, reading them again throws.
  init(_ settings: DatasetSettings, spool: Spool?) throws {
    self.spool = spool
    var skipped: [String] = []
    if settings.split == nil {
      files = try Dictionary(
        uniqueKeysWithValues: Split.allCases.map {
          ($0, try InputPaths.expand(settings.patterns(of: $0), skipped: &skipped))
        })
      try Self.checkDisjoint(files)
    } else {
      let source = try Self.source(settings.source, skipped: &skipped)
      files = Dictionary(
        uniqueKeysWithValues: Split.allCases.map { ($0, settings.share(of: $0) > 0 ? source : []) })
    }
    self.skipped = skipped
    stamps = Dictionary(
      uniqueKeysWithValues: Set(files.values.joined()).compactMap { path in
        FileStamp(path: path).map { (path, $0) }
      })
    copies[InputPaths.standardInput] = InputPaths.reopenedInput
  }

  /// The files of a split, which are those of all splits where one source is divided row by row.
  func paths(of split: Split) -> [String] { files[split] ?? [] }

  private var first: String? { Split.allCases.lazy.compactMap { self.paths(of: $0).first }.first }

  /// Where the bytes of files are: those of a pipe may be in a copy.
  func locations(of paths: [String]) -> [String] { paths.map { copies[$0] ?? $0 } }

  /// Copies the pipes of a split, so that it can be read more than once.
  func copyPipes(of split: Split) throws {
    guard let spool else { return }
    for path in paths(of: split) where isUncopiedPipe(path) {
      copies[path] = try spool.copy(of: path)
    }
  }

  /// The first file, which is read before any pass, and its location; nil without files.
  func openFirst() throws -> (path: String, location: String)? {
    guard let first else { return nil }
    if isUncopiedPipe(first) {
      guard let spool else { throw DataFailure.standardInputTwice }
      copies[first] = try spool.copy(of: first)
    }
    return (first, copies[first] ?? first)
  }

  private func isUncopiedPipe(_ path: String) -> Bool {
    copies[path] == nil && InputPaths.isPipe(path)
  }

  /// Whether a split has a file, and only files that can be identified again.
  func areRegular(_ split: Split) -> Bool {
    !paths(of: split).isEmpty && paths(of: split).allSatisfy { stamps[$0] != nil }
  }

  /// Every regular file, as it was when the run began.
  var regular: [(path: String, stamp: FileStamp)] {
    stamps.map { ($0.key, $0.value) }.sorted { $0.path < $1.path }
  }

  /// The files for a pass, all of a split's or some; throws `DataFailure` where they have changed,
  /// or a pipe was read before.
  func open(_ split: Split, only some: [String]? = nil) throws -> [String] {
    let paths = some ?? paths(of: split)
    guard !paths.isEmpty else { throw DataFailure.settings(.noSplit("\(split)")) }
    let pipes = paths.filter(isUncopiedPipe)
    guard openedPipes.isDisjoint(with: pipes) else { throw DataFailure.standardInputTwice }
    openedPipes.formUnion(pipes)
    for path in paths {
      guard let before = stamps[path], let now = FileStamp(path: path) else { continue }
      guard now.isUnwritten(since: before) else {
        throw DataFailure.changed(path: path, from: before.bytes, to: now.bytes)
      }
    }
    return paths
  }

  /// The files of one source that is divided row by row.
  ///
  /// A row's place depends on the name of its file, so that a file may not have two names.
  private static func source(_ patterns: [String], skipped: inout [String]) throws -> [String] {
    var first: [FileStamp.Identity: String] = [:]
    var ignored: [String] = []
    for path in try InputPaths.names(patterns, skipped: &ignored) {
      guard let identity = FileStamp(path: path)?.identity else { continue }
      let other = first[identity] ?? path
      guard InputPaths.lastComponent(other) == InputPaths.lastComponent(path) else {
        throw DataFailure.sharedFile(
          path: path, key: "dataset.source", other: other, otherKey: "dataset.source")
      }
      first[identity] = other
    }
    return try InputPaths.expand(patterns, skipped: &skipped)
  }

  /// Throws `DataFailure.sharedFile` where two splits have the same file, under any name.
  private static func checkDisjoint(_ files: [Split: [String]]) throws {
    var owners: [FileStamp.Identity: (path: String, key: String)] = [:]
    for split in Split.allCases {
      let key = "dataset.\(split)"
      for path in files[split] ?? [] {
        guard let identity = FileStamp(path: path)?.identity else { continue }
        if let owner = owners[identity], owner.key != key {
          throw DataFailure.sharedFile(path: path, key: key, other: owner.path, otherKey: owner.key)
        }
        owners[identity] = (path, key)
      }
    }
  }
}
