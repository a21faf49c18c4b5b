import ClickData
import Cluster

/// Batches as messages between ranks: labels, weights and ids, without positions and texts.
extension MessageBuffer {
  /// Appends all rows of a batch.
  func append(_ batch: EncodedBatch) {
    append(Int64(batch.rows))
    append(batch.weights == nil ? UInt8(0) : 1)
    append(batch.labels, batch.rows)
    if let weights = batch.weights { append(weights, batch.rows) }
    for field in 0..<batch.fields {
      append(batch.ids(field), batch.rows)
      if let values = batch.values(field) { append(values, batch.rows) }
      guard let sequence = batch.sequence(field) else { continue }
      append(sequence.starts, batch.rows + 1)
      append(sequence.ids, sequence.starts[batch.rows])
      append(sequence.weights, sequence.starts[batch.rows])
    }
  }

  private func append<Element: BitwiseCopyable>(
    _ elements: UnsafeMutablePointer<Element>, _ count: Int
  ) {
    append(contentsOf: UnsafeBufferPointer(start: elements, count: count).span)
  }
}

/// The memory of a batch that another rank has read.
final class ReceivedBatch {
  private let schema: [FieldSchema]
  private let capacity: Int
  private var batch: EncodedBatch?

  init(capacity: Int, schema: [FieldSchema]) {
    self.capacity = capacity
    self.schema = schema
  }

  /// The batch that a message goes on with, valid until the next one is read.
  func read(_ message: inout MessageReader) -> EncodedBatch {
    let rows = Int(message.element(Int64.self))
    let isWeighted = message.element(UInt8.self) == 1
    let batch = room(rows, isWeighted: isWeighted)
    batch.rows = rows
    message.copy(rows, to: batch.labels)
    if isWeighted, let weights = batch.weights { message.copy(rows, to: weights) }
    for field in 0..<batch.fields {
      message.copy(rows, to: batch.ids(field))
      if let values = batch.values(field) { message.copy(rows, to: values) }
      guard let sequence = batch.sequence(field) else { continue }
      message.copy(rows + 1, to: sequence.starts)
      message.copy(sequence.starts[rows], to: sequence.ids)
      message.copy(sequence.starts[rows], to: sequence.weights)
    }
    return batch
  }

  /// Copies some rows of a batch.
  func copy(_ rows: Range<Int>, of other: EncodedBatch) -> EncodedBatch {
    let batch = room(rows.count, isWeighted: other.weights != nil)
    batch.copyRows(rows, of: other)
    return batch
  }

  private func room(_ rows: Int, isWeighted: Bool) -> EncodedBatch {
    precondition(rows <= capacity, "ReceivedBatch: \(rows) rows, expected at most \(capacity)")
    if let batch, (batch.weights != nil) == isWeighted { return batch }
    let batch = EncodedBatch(capacity: capacity, schema: schema, weighted: isWeighted)
    self.batch = batch
    return batch
  }
}
