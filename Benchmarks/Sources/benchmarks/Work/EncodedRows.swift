import ClickData
import Training

/// The rows of a file, parsed and encoded once and kept in memory.
final class EncodedRows {
  let batches: [EncodedBatch]
  let rows: Int

  init(_ bench: Workbench) throws {
    let stream = try bench.open()
    var batches: [EncodedBatch] = []
    while let batch = try stream.next() {
      batches.append(Self.copy(batch, bench.encoder.schema))
    }
    self.batches = batches
    rows = batches.reduce(0) { $0 + $1.rows }
  }

  private static func copy(_ batch: EncodedBatch, _ schema: [FieldSchema]) -> EncodedBatch {
    let copy = EncodedBatch(capacity: batch.capacity, schema: schema)
    copy.rows = batch.rows
    copy.labels.update(from: batch.labels, count: batch.rows)
    copy.positions.update(from: batch.positions, count: batch.rows)
    for field in schema.indices {
      copy.ids(field).update(from: batch.ids(field), count: batch.rows)
      if let values = batch.values(field) {
        copy.values(field)?.update(from: values, count: batch.rows)
      }
    }
    return copy
  }
}
