import CVector

/// A few records on their way into a batch, where rows become columns.
///
/// A field's ids lie next to each other in a batch, so writing row by row would touch a cache line a field; sixteen
/// rows at a time fill each line at once.
final class RecordBlock {
  /// Rows that are held at most, and that are best written at once.
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

  /// Where the next record is to be written.
  @inline(__always)
  var place: UnsafeMutablePointer<UInt32> { records + count * words }

  /// Takes the record that stands in `place`; true when the batch is full with it.
  @inline(__always)
  func keep(for batch: EncodedBatch) -> Bool {
    count += 1
    guard count == Self.rows || batch.rows + count == batch.capacity else { return false }
    flush(to: batch)
    return batch.rows == batch.capacity
  }

  /// Writes what is held into the batch.
  func flush(to batch: EncodedBatch) {
    write(records, count, to: batch)
    count = 0
  }

  /// Writes records that follow one another in memory into the batch, after those that are held.
  func write(_ records: UnsafePointer<UInt32>, _ count: Int, to batch: EncodedBatch) {
    let first = batch.rows
    for field in 0..<layout.fields {
      let ids = batch.ids(field) + first
      var source = records + field
      for row in 0..<count {
        ids[row] = source.pointee
        source += words
      }
      // Where the next rows go: the core that trains had that line last.
      sfg_prefetch_written(ids + count)
    }
    for (index, field) in layout.valueFields.enumerated() {
      guard let values = batch.values(field) else { continue }
      let word = layout.fields + index
      for row in 0..<count {
        values[first + row] = Float(bitPattern: records[row * words + word])
      }
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
    batch.rows += count
  }

  /// Writes one row's values of a sequence field behind those of the row before.
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
