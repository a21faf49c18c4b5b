import CVector

/// A block of records that is transposed into the columns of a batch.
///
/// A field's ids are contiguous in a batch, so that writing a single row would touch one cache line
/// per field; sixteen rows fill each line at once.
final class RecordBlock {
  static let rows = 16

  private let layout: RecordLayout
  private let words: Int
  private let records: UnsafeMutablePointer<UInt32>
  private var count = 0

  init(_ layout: RecordLayout) {
    self.layout = layout
    words = layout.words
    records = .allocate(capacity: Self.rows * words)
    records.initialize(repeating: 0, count: Self.rows * words)
  }

  deinit { records.deallocate() }

  @inline(__always)
  var place: UnsafeMutablePointer<UInt32> { records + count * words }

  @inline(__always)
  func keep(for batch: EncodedBatch) -> Bool {
    count += 1
    guard count == Self.rows || batch.rows + count == batch.capacity else { return false }
    flush(to: batch)
    return batch.rows == batch.capacity
  }

  func flush(to batch: EncodedBatch) {
    write(records, count, to: batch)
    count = 0
  }

  /// Writes contiguous records into the batch, after its rows so far.
  func write(_ records: UnsafePointer<UInt32>, _ count: Int, to batch: EncodedBatch) {
    let first = batch.rows
    for field in 0..<layout.fields {
      let ids = batch.ids(field) + first
      var source = records + field
      for row in 0..<count {
        ids[row] = source.pointee
        source += words
      }
      // The line of the next rows, which was last in the cache of the core that trains.
      sfg_prefetch_written(ids + count)
    }
    for (index, field) in layout.valueFields.enumerated() {
      guard let values = batch.values(field) else { continue }
      let word = layout.fields + index
      for row in 0..<count { values[first + row] = Float(bitPattern: records[row * words + word]) }
    }
    for sequence in layout.sequences {
      guard let column = batch.sequence(sequence.field) else { continue }
      for row in 0..<count { write(records + row * words, sequence, to: column, row: first + row) }
    }
    let label = layout.labelWord
    for row in 0..<count {
      let record = records + row * words
      batch.labels[first + row] = Float(bitPattern: record[label])
      batch.positions[first + row] = UInt64(record[label + 1]) | UInt64(record[label + 2]) << 32
    }
    if let word = layout.weightWord, let weights = batch.weights {
      for row in 0..<count {
        weights[first + row] = Float(bitPattern: records[row * words + word])
      }
    }
    batch.rows += count
  }

  /// Appends one row's values of a sequence field to those of the previous row.
  private func write(
    _ record: UnsafePointer<UInt32>, _ sequence: RecordLayout.Sequence, to column: SequenceColumn,
    row: Int
  ) {
    let start = column.starts[row]
    let values = Int(record[sequence.field])
    (column.ids + start).update(from: record + sequence.idWord, count: values)
    for value in 0..<values {
      column.weights[start + value] = Float(bitPattern: record[sequence.weightWord + value])
    }
    column.starts[row + 1] = start + values
  }
}
