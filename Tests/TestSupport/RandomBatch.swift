import ClickData
import Platform

extension EncodedBatch {
  /// A batch whose ids, values and labels are drawn from a seed.
  public static func random(rows: Int, schema: [FieldSchema], seed: UInt64) -> EncodedBatch {
    let batch = EncodedBatch(capacity: rows, schema: schema)
    batch.rows = rows
    let random = CounterRandom(seed: seed, stream: 0x6261_7463_68)
    var position: UInt64 = 0
    for (field, description) in schema.enumerated() {
      for row in 0..<rows {
        batch.ids(field)[row] = UInt32(random.integer(position, below: description.rows))
        if let values = batch.values(field) {
          values[row] = batch.ids(field)[row] == 0 ? 1 : Float(random.normal(position + 1_000_003))
        }
        position += 1
      }
    }
    for row in 0..<rows {
      batch.labels[row] = Float(random.integer(position, below: 2))
      position += 1
    }
    return batch
  }
}

extension FieldSchema {
  /// Categories of different sizes and one number: enough to reach every branch of a layer.
  public static func mixed(fields: Int) -> [FieldSchema] {
    (0..<fields).map { index in
      index == 1
        ? FieldSchema(name: "I\(index)", kind: .value, rows: 2)
        : FieldSchema(name: "C\(index)", kind: .category, rows: 3 + 2 * index)
    }
  }
}
