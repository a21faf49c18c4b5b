import ClickData
import Platform

/// A uniform sample of the rows of a pass, as a model reads them.
///
/// Row t of the pass, from 0, replaces a random one of the kept rows with probability
/// `capacity / (t + 1)` (Vitter's algorithm R, 1985). The draws depend on the seed and on t alone.
struct SampledRows {
  private let capacity: Int
  private let random: CounterRandom
  private var columns: [SampledColumn]
  /// Which of the rows were clicked.
  private(set) var clicked: [Bool] = []
  /// Rows of the pass so far.
  private(set) var rowsRead = 0

  /// Creates an empty sample of at most `capacity` rows.
  init(_ schema: [FieldSchema], capacity: Int, seed: Int) {
    self.capacity = capacity
    random = CounterRandom(seed: UInt64(bitPattern: Int64(seed)), stream: 0x73616d706c65)
    columns = schema.map { SampledColumn($0) }
  }

  /// The number of rows in the sample.
  var count: Int { clicked.count }

  /// Processes the first `rows` rows of a batch.
  mutating func add(_ batch: EncodedBatch, rows: Int) {
    for row in 0..<rows {
      let slot =
        rowsRead < capacity
        ? rowsRead : random.integer(UInt64(rowsRead), below: rowsRead + 1)
      rowsRead += 1
      guard slot < capacity else { continue }
      let isClick = batch.labels[row] > 0.5
      if slot == count { clicked.append(isClick) } else { clicked[slot] = isClick }
      for field in columns.indices { columns[field].keep(row, of: field, in: batch, as: slot) }
    }
  }

  /// Writes a field of some rows of the sample, in the order given, over that of a batch's rows.
  func write<Rows: Collection>(_ field: Int, of rows: Rows, to batch: EncodedBatch)
  where Rows.Element == Int {
    for (place, row) in rows.enumerated() {
      columns[field].write(row, to: field, of: batch, at: place)
    }
  }
}

/// One field of sampled rows: an id (and a number) per row, or up to `width` ids with weights.
private struct SampledColumn {
  private let kind: FieldSchema.Kind
  private let width: Int
  private var ids: [UInt32] = []
  /// Numbers or weights; none of categories.
  private var factors: [Float] = []
  /// The number of ids of each row; none where a row has one.
  private var counts: [UInt32] = []

  init(_ field: FieldSchema) {
    kind = field.kind
    width = field.kind == .sequence ? field.maxValues : 1
  }

  /// Keeps a row of a batch; `slot` is that of an earlier row, or the next one.
  mutating func keep(_ row: Int, of field: Int, in batch: EncodedBatch, as slot: Int) {
    let start = slot * width
    if start == ids.count { addSlot() }
    guard let sequence = batch.sequence(field) else {
      ids[start] = batch.ids(field)[row]
      if let values = batch.values(field) { factors[start] = values[row] }
      return
    }
    let places = sequence.places(row)
    counts[slot] = UInt32(places.count)
    for (value, place) in places.enumerated() {
      ids[start + value] = sequence.ids[place]
      factors[start + value] = sequence.weights[place]
    }
  }

  private mutating func addSlot() {
    ids += repeatElement(0, count: width)
    if kind != .category { factors += repeatElement(1, count: width) }
    if kind == .sequence { counts.append(0) }
  }

  /// Writes a row over that of a batch; those of a sequence field must be written in order.
  func write(_ slot: Int, to field: Int, of batch: EncodedBatch, at row: Int) {
    let start = slot * width
    guard let sequence = batch.sequence(field) else {
      batch.ids(field)[row] = ids[start]
      if let values = batch.values(field) { values[row] = factors[start] }
      return
    }
    let count = Int(counts[slot])
    batch.ids(field)[row] = counts[slot]
    let first = sequence.starts[row]
    for value in 0..<count {
      sequence.ids[first + value] = ids[start + value]
      sequence.weights[first + value] = factors[start + value]
    }
    sequence.starts[row + 1] = first + count
  }
}
