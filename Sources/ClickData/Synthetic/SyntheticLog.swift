import Platform

/// A click log of any length, generated from a seed: rows of invented users, ads and contexts.
///
/// Row `i` of a seed is the same for any number of rows and threads. `firstRow` selects a later
/// part of the same world, such as a test set that shares no row with the first part.
public struct SyntheticLog: Sendable {
  /// The real log whose columns, cardinalities, blanks and click rate are imitated.
  public enum Preset: String, CaseIterable, Sendable {
    /// 40 columns separated by tabs, no header: label, I1…I13, C1…C26; one click in four rows.
    case criteo
    /// 24 columns separated by commas under a header; one click in six rows.
    case avazu
  }

  /// The rows of a gzip member, which one task writes.
  static let partRows = 1 << 14

  private let layout: SyntheticLayout
  private let writer: SyntheticWriter

  /// Makes the log of a preset and seed.
  public init(preset: Preset, seed: UInt64) {
    layout = .of(preset)
    writer = SyntheticWriter(layout, seed: seed)
  }

  /// Writes rows `firstRow ..< firstRow + rows`, in constant memory, and summarises them.
  ///
  /// A path that ends in ".gz" is compressed, "-" is standard output; a file appears complete or
  /// not at all. `truth` is the path of a second file, `probability` and then one number per line:
  /// the true click probability of each row, to nine decimals. `progress` is called with the rows
  /// done so far, on the calling thread; an error that it throws ends the work and leaves no file.
  public func write(
    rows: Int, firstRow: UInt64 = 0, to path: String, truth: String? = nil, pool: WorkerPool,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> SyntheticSummary {
    precondition(rows > 0, "SyntheticLog: rows must be positive, got \(rows)")
    precondition(
      firstRow < 1 << 57 && UInt64(rows) < 1 << 57,
      "SyntheticLog: rows end at 2⁵⁸, got \(rows) from \(firstRow)")
    let output = try SyntheticOutput(path)
    let truthOutput = try truth.map { try SyntheticOutput($0) }
    let partCount = (rows + Self.partRows - 1) / Self.partRows
    // Two parts per thread, so that a thread that finishes early finds another one.
    let tasks = (0..<min(2 * pool.threads, partCount)).map { _ in
      SyntheticTask(writer, compressed: output.compressed, truth: truthOutput?.compressed)
    }
    var total = TruthSummary()
    for start in stride(from: 0, to: partCount, by: tasks.count) {
      let count = min(tasks.count, partCount - start)
      pool.run(count) { index in
        let part = start + index
        let range = part * Self.partRows..<min((part + 1) * Self.partRows, rows)
        tasks[index].run(
          firstRow + UInt64(range.lowerBound), count: range.count,
          header: part == 0 ? layout.header : nil, truthHeader: part == 0 ? "probability" : nil)
      }
      for task in tasks[..<count] {
        try task.data.withBytes(output.write)
        if let truthOutput { try task.truth?.withBytes(truthOutput.write) }
        total.add(task.outcomes, loss: task.loss)
      }
      try progress(min((start + count) * Self.partRows, rows))
    }
    try output.commit()
    try truthOutput?.commit()
    return total.summary
  }
}

/// The destination of generated text: a file, or standard output for "-".
struct SyntheticOutput {
  /// Whether the bytes are compressed, according to the name.
  let compressed: Bool
  private let file: AtomicFile?

  init(_ path: String) throws {
    compressed = path.hasSuffix(".gz")
    file = path == "-" ? nil : try AtomicFile(path)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    if let file { return try file.write(bytes) }
    try StandardStream.output.write(bytes)
  }

  /// Makes a file durable and visible.
  func commit() throws { try file?.commit() }
}
