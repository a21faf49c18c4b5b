import ClickData
import LinearAlgebra
import Platform

/// Collects the logits and labels of rows by the value that they have in a column.
///
/// Memory is bounded: beyond `maxRows` rows, or `maxNameBytes` bytes of values, the groups so far
/// are written to a temporary file, sorted by their values, and all of them are merged at the end.
/// Values are compared byte for byte. The results depend neither on the order of the rows nor on
/// the bounds, except, by rounding, where rows have weights.
public final class GroupedRows {
  /// The rows in memory, about 32 bytes each while they are sorted.
  static let defaultMaxRows = 1 << 21
  static let defaultMaxNameBytes = 1 << 25

  private struct Row {
    /// Twice the number of the group, plus 1 for a click.
    var bucket: UInt32
    var key: LogitKey
    var weight: Float
  }

  /// Whether rows have weights is known from the first batch on.
  private var weighting: RowWeighting
  private let maxRows: Int
  private let maxNameBytes: Int
  private let folder: String
  private var names = TextNumbers()
  private var rows: [Row] = []
  private var spill: SpillFile?
  private var runs: [SpilledGroups] = []

  /// Starts without rows; temporary files are written to `folder`.
  ///
  /// `negativeRate` is the share of the negatives that the rows still have.
  public convenience init(negativeRate: Double = 1) {
    self.init(
      RowWeighting(negativeRate: negativeRate), maxRows: Self.defaultMaxRows,
      maxNameBytes: Self.defaultMaxNameBytes)
  }

  init(
    _ weighting: RowWeighting = RowWeighting(), maxRows: Int, maxNameBytes: Int,
    folder: String = SpillFile.defaultFolder
  ) {
    self.weighting = weighting
    self.maxRows = maxRows
    self.maxNameBytes = maxNameBytes
    self.folder = folder
  }

  /// The approximate bytes that so many rows take in memory.
  static func bytes(rows: Int) -> Int {
    32 * min(rows, defaultMaxRows) + min(64 * rows, 2 * defaultMaxNameBytes)
  }

  /// Adds the rows of a batch, which carries the values of the column.
  public func add(_ batch: EncodedBatch, column: Int = 0, logits: MatrixView) throws {
    guard let texts = batch.texts else {
      preconditionFailure("GroupedRows: the batch carries no values of column \(column)")
    }
    if batch.weights != nil, !weighting.isWeighted {
      weighting = RowWeighting(negativeRate: weighting.negativeRate, isWeighted: true)
    }
    for row in 0..<batch.rows {
      try add(
        texts.text(column, ofRow: row), logit: logits[row, 0], clicked: batch.labels[row] > 0.5,
        weight: batch.weights?[row] ?? 1)
    }
  }

  func add(
    _ name: UnsafeBufferPointer<UInt8>, logit: Scalar, clicked: Bool, weight: Float = 1
  ) throws {
    let bucket = 2 * UInt32(names.number(of: name)) + (clicked ? 1 : 0)
    rows.append(Row(bucket: bucket, key: LogitKey(ordering: logit), weight: weight))
    if rows.count >= maxRows || names.bytes >= maxNameBytes { try spillRows() }
  }

  /// The mean of the AUC of the groups.
  public func auc() throws -> GroupedAUC {
    var result = GroupedAUC()
    try forEachGroup { result.add(rows: $0.rows, auc: $0.auc) }
    return result
  }

  /// Calls `body` with the metrics of each group, in the order of the bytes of their values.
  public func forEachSegment(_ body: (Segment) throws -> Void) throws {
    try forEachGroup { try body($0.segment(weighting)) }
  }

  func forEachGroup(_ body: (Group) throws -> Void) throws {
    guard !runs.isEmpty else {
      let order = names.sorted()
      let buckets = sortedRows(order)
      for place in order.indices { try body(group(place, order, buckets)) }
      return
    }
    try spillRows()
    var merge = try GroupMerge(runs)
    while let group = try merge.next() { try body(group) }
  }

  private func spillRows() throws {
    guard !rows.isEmpty else { return }
    let file = try spill ?? SpillFile(in: folder, holding: "groups of rows")
    spill = file
    let order = names.sorted()
    let buckets = sortedRows(order)
    var writer = GroupWriter(file)
    for place in order.indices { try writer.append(group(place, order, buckets)) }
    runs.append(try writer.finish())
    names = TextNumbers()
    rows.removeAll(keepingCapacity: true)
  }

  /// The rows by place and class, and where each class of a place starts.
  private func sortedRows(_ order: [Int]) -> (rows: [Row], starts: [Int]) {
    var places = [UInt32](repeating: 0, count: order.count)
    for (place, number) in order.enumerated() { places[number] = UInt32(place) }
    func bucket(_ row: Row) -> Int {
      2 * Int(places[Int(row.bucket >> 1)]) + Int(row.bucket & 1)
    }
    var starts = [Int](repeating: 0, count: 2 * order.count + 1)
    for row in rows { starts[bucket(row) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var next = starts
    var sorted = rows
    for row in rows {
      let bucket = bucket(row)
      sorted[next[bucket]] = row
      next[bucket] += 1
    }
    return (sorted, starts)
  }

  private func group(
    _ place: Int, _ order: [Int], _ buckets: (rows: [Row], starts: [Int])
  ) -> Group {
    func rows(_ bucket: Int) -> ArraySlice<Row> {
      buckets.rows[buckets.starts[bucket]..<buckets.starts[bucket + 1]]
    }
    func logits(_ rows: ArraySlice<Row>) -> RankedLogits {
      Group.sorted(rows.map(\.key), weighting.isWeighted ? rows.map(\.weight) : [])
    }
    let (clicked, others) = (rows(2 * place + 1), rows(2 * place))
    return Group(
      name: Array(names.text(order[place])), rows: clicked.count + others.count,
      clicks: clicked.count, clicked: logits(clicked), others: logits(others))
  }
}
