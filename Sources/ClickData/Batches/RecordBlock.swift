/// A few records on their way into a batch, where rows become columns.
///
/// A field's ids lie next to each other in a batch, so writing row by row would touch a cache line a field; sixteen
/// rows at a time fill each line at once.
final class RecordBlock {
  private static let rows = 16

  private let encoder: RowEncoder
  private let records: UnsafeMutablePointer<UInt32>
  private var count = 0

  init(_ encoder: RowEncoder) {
    self.encoder = encoder
    records = .allocate(capacity: Self.rows * encoder.words)
    records.initialize(repeating: 0, count: Self.rows * encoder.words)
  }

  deinit { records.deallocate() }

  /// Takes a record; true when the batch is full with it.
  @inline(__always)
  func append(_ record: UnsafePointer<UInt32>, to batch: EncodedBatch) -> Bool {
    (records + count * encoder.words).update(from: record, count: encoder.words)
    count += 1
    guard count == Self.rows || batch.rows + count == batch.capacity else { return false }
    flush(to: batch)
    return batch.rows == batch.capacity
  }

  /// Writes what is held into the batch.
  func flush(to batch: EncodedBatch) {
    let words = encoder.words
    let first = batch.rows
    for field in 0..<encoder.fields {
      let ids = batch.ids(field) + first
      for row in 0..<count { ids[row] = records[row * words + field] }
    }
    for (index, field) in encoder.valueFields.enumerated() {
      guard let values = batch.values(field) else { continue }
      let word = encoder.fields + index
      for row in 0..<count {
        values[first + row] = Float(bitPattern: records[row * words + word])
      }
    }
    let label = encoder.labelWord
    for row in 0..<count {
      let record = records + row * words
      batch.labels[first + row] = Float(bitPattern: record[label])
      batch.positions[first + row] = UInt64(record[label + 1]) | UInt64(record[label + 2]) << 32
    }
    batch.rows += count
    count = 0
  }
}
