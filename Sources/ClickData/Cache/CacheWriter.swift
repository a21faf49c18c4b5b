import Platform

/// Writes the encoded rows of a pass to a file, which appears only if the pass succeeds.
///
/// One pass at a time writes a file. An error of the writer does not stop the pass.
final class CacheWriter {
  private let path: String
  private let recipe: CacheRecipe
  private let layout: CacheLayout
  private let now: () -> Int
  private let file: AtomicFile
  private let block: UnsafeMutablePointer<UInt32>
  private var blockRows = 0
  private var rows = 0
  private var checksum = BlockChecksum()
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var failure: CacheProblem?
  private var committed = false

  /// Creates a file, or throws why it cannot.
  init(
    _ path: String, recipe: CacheRecipe, layout: CacheLayout, now: @escaping () -> Int
  ) throws(CacheProblem) {
    self.path = path
    self.recipe = recipe
    self.layout = layout
    self.now = now
    do {
      guard let file = try AtomicFile(exclusively: path) else { throw CacheProblem.busy }
      self.file = file
      try layout.header(rows: 0).withUnsafeBytes { try file.write($0) }
    } catch {
      throw CacheProblem(error)
    }
    block = .allocate(capacity: layout.blockRows * layout.words)
  }

  deinit { block.deallocate() }

  var problem: CacheProblem? { monitor.locked { failure } }

  /// Whether the file is complete.
  var isCommitted: Bool { monitor.locked { committed } }

  @inline(__always)
  func append(_ record: UnsafePointer<UInt32>) {
    (block + blockRows * layout.words).update(from: record, count: layout.words)
    blockRows += 1
    if blockRows == layout.blockRows { writeBlock() }
  }

  /// Completes the file and its manifest; drops it where `files` is nil and cannot be verified.
  func commit(_ files: [FileContent]?, badRows: BadRows, findings: RowFindings) {
    writeBlock()
    guard problem == nil, let files else { return }
    let manifest = CacheManifest(
      recipe: recipe,
      files: zip(files, recipe.files).map { FileContent(path: $1, stamp: $0.stamp, hash: $0.hash) },
      rows: rows, badRows: badRows, findings: findings, checksum: checksum.value, at: now())
    attempt {
      try layout.header(rows: rows).withUnsafeBytes { try file.rewrite($0, at: 0) }
      try file.commit()
      try manifest.write(to: EncodedCache.manifestPath(path))
      monitor.locked { committed = true }
    }
  }

  private func writeBlock() {
    defer { blockRows = 0 }
    guard blockRows > 0, problem == nil else { return }
    rows += blockRows
    let bytes = UnsafeRawBufferPointer(start: block, count: blockRows * layout.recordBytes)
    checksum.add(bytes)
    attempt { try file.write(bytes) }
  }

  private func attempt(_ work: () throws -> Void) {
    do {
      try work()
    } catch {
      monitor.locked { failure = .refused("\(error)") }
    }
  }
}
