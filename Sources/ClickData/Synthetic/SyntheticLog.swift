import Platform

/// A click log of any length that exists only as a seed: rows of made-up users, ads and contexts.
///
/// Row `i` of a seed is the same however many rows are asked for, and whatever the number of threads.
/// `firstRow` gives a later part of the same world, such as a test set that shares no row with the first.
public struct SyntheticLog: Sendable {
  /// The real log whose columns, cardinalities, blanks and click rate are imitated.
  public enum Preset: String, CaseIterable, Sendable {
    /// 40 columns split by tabs, no header: label, I1…I13, C1…C26; one click in four rows.
    case criteo
    /// 24 columns split by commas under a header; one click in six rows.
    case avazu
  }

  /// The rows of a gzip member, and of a thread's task.
  static let partRows = 1 << 14

  private let layout: SyntheticLayout
  private let writer: SyntheticWriter

  /// Makes the log of a preset and seed.
  public init(preset: Preset, seed: UInt64) {
    layout = .of(preset)
    writer = SyntheticWriter(layout, seed: seed)
  }

  /// Writes rows `firstRow ..< firstRow + rows`, in constant memory, and sums them up.
  ///
  /// A path that ends in ".gz" is compressed, "-" is standard output; a file appears whole or not at all.
  /// `truth` names a second file, `probability` and then a number a line: the true click probability of
  /// each row, to nine decimals. `progress` is told the rows done so far, on the calling thread; what it
  /// throws ends the work and leaves no file.
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
    // Two parts a thread, so that a thread that ends early finds another one.
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
