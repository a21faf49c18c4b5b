/// The part of the batch at hand that this process computes: all of it, or one subtree of its
/// pieces.
///
/// The layers of a model have one share together. They ask it how their rows are cut, and for sums
/// over the whole batch; they learn nothing of other processes.
public final class BatchShare {
  /// How a batch is divided among processes.
  private let sums: (any BatchSums)?
  /// The rows of the whole batch that this process computes.
  public private(set) var rows = 0..<0
  /// Rows of the whole batch.
  public private(set) var batchRows = 0
  /// Whether other processes compute the other rows, if there are any.
  public private(set) var isShared = false
  private var part: (pieces: Range<Int>, batch: BatchPieces)?

  /// Shares batches among the processes of `sums`; without, this process computes all rows.
  public init(_ sums: (any BatchSums)? = nil) { self.sums = sums }

  /// Begins a batch of `count` rows, of which this process computes `rows`.
  public func begin(batch count: Int) {
    let batch = BatchPieces(rows: count)
    let pieces = Self.pieces(of: batch, part: sums?.part ?? 0, of: sums?.parts ?? 1)
    batchRows = count
    rows =
      pieces.isEmpty
      ? count..<count
      : batch[pieces.lowerBound].lowerBound..<batch[pieces.upperBound - 1].upperBound
    part = (pieces, batch)
    isShared = (sums?.parts ?? 1) > 1
  }

  /// Begins a batch of which this process computes all rows, such as one that is evaluated.
  public func begin(whole count: Int) {
    let batch = BatchPieces(rows: count)
    (batchRows, rows, part) = (count, 0..<count, (0..<batch.count, batch))
    isShared = false
  }

  /// The pieces that each of several processes computes: a subtree of the tree over all.
  ///
  /// Where a batch has fewer pieces than there are processes, some compute nothing.
  public static func pieces(of batch: BatchPieces, part: Int, of parts: Int) -> Range<Int> {
    let idle = max(1, parts / batch.count)
    guard part.isMultiple(of: idle) else { return 0..<0 }
    let (place, places) = (part / idle, parts / idle)
    return place * batch.count / places..<(place + 1) * batch.count / places
  }

  /// Whether this process has the batch's first row; alone, it adds what is summed already.
  public var hasFirstRow: Bool { !isShared || (rows.lowerBound == 0 && !rows.isEmpty) }

  /// How the rows of this process are cut, for a matrix of `count` rows, `vectors` per row.
  public func pieces(rows count: Int, vectors: Int = 1) -> BatchPieces {
    guard let part else { return BatchPieces(rows: count / vectors, vectors: vectors) }
    precondition(
      count == rows.count * vectors,
      "BatchShare: \(count) rows, expected \(rows.count) × \(vectors)")
    return BatchPieces(part.pieces, of: part.batch, vectors: vectors)
  }

  /// Replaces sums over this process's rows by those over the whole batch.
  public func sum(_ values: UnsafeMutablePointer<Double>, count: Int) {
    guard isShared else { return }
    sums?.sum(UnsafeMutableBufferPointer(start: values, count: count), present: !rows.isEmpty)
  }

  /// Throws the failure of an earlier sum, which layers cannot throw.
  public func check() throws { try sums?.check() }

  /// Replaces values by those of the process that computes the batch's first row.
  public func copyFromFirstRow(_ values: UnsafeMutablePointer<Double>, count: Int) {
    guard isShared else { return }
    sums?.sum(
      UnsafeMutableBufferPointer(start: values, count: count),
      present: hasFirstRow)
  }
}

/// Sums over a batch that several processes compute in parts, each a subtree of its pieces.
public protocol BatchSums: AnyObject {
  /// The number of this process's part, from 0.
  var part: Int { get }
  /// The number of parts, a power of two.
  var parts: Int { get }
  /// Replaces values by their sums over all parts that are present, as a balanced tree; every part
  /// calls it in the same order.
  ///
  /// A failure is kept, and thrown by `check`.
  func sum(_ values: UnsafeMutableBufferPointer<Double>, present: Bool)
  /// Throws the failure of an earlier sum.
  func check() throws
}
