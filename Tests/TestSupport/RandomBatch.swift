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
        if let sequence = batch.sequence(field) {
          let count = 1 + random.integer(position + 2_000_003, below: description.maxValues)
          let values = (0..<count).map { value in
            let draw = position + 3_000_017 + UInt64(1000 * value)
            let weight = Float(random.normal(draw + 1))
            return (id: UInt32(random.integer(draw, below: description.rows)), weight: weight)
          }
          batch.set(values, field: field, row: row, in: sequence)
          position += 1
          continue
        }
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

extension EncodedBatch {
  /// Sets the values of a sequence field in a row; rows must be set in order.
  public func set(
    _ values: [(id: UInt32, weight: Float)], field: Int, row: Int, in sequence: SequenceColumn
  ) {
    ids(field)[row] = UInt32(values.count)
    let start = sequence.starts[row]
    for (place, value) in values.enumerated() {
      sequence.ids[start + place] = value.id
      sequence.weights[start + place] = value.weight
    }
    sequence.starts[row + 1] = start + values.count
  }

  /// Some of its rows as a batch of their own.
  public func rows(_ range: Range<Int>, schema: [FieldSchema]) -> EncodedBatch {
    let part = EncodedBatch(capacity: max(1, range.count), schema: schema)
    part.rows = range.count
    for (place, row) in range.enumerated() {
      part.labels[place] = labels[row]
      for field in schema.indices {
        if let sequence = part.sequence(field) {
          let values = lookups(field: field, row: row).map {
            (id: UInt32($0.id), weight: Float($0.weight))
          }
          part.set(values, field: field, row: place, in: sequence)
        } else {
          part.ids(field)[place] = ids(field)[row]
          if let value = values(field)?[row] { part.values(field)?[place] = value }
        }
      }
    }
    return part
  }

  /// The ids that a row looks up in a field, each with its weight.
  public func lookups(field: Int, row: Int) -> [(id: Int, weight: Double)] {
    guard let sequence = sequence(field) else {
      return [(Int(ids(field)[row]), Double(values(field)?[row] ?? 1))]
    }
    return sequence.places(row).map { (Int(sequence.ids[$0]), Double(sequence.weights[$0])) }
  }
}

extension FieldSchema {
  /// Categories of different sizes and one number, which reach every branch of a layer.
  public static func mixed(fields: Int) -> [FieldSchema] {
    (0..<fields).map { index in
      index == 1
        ? FieldSchema(name: "I\(index)", kind: .value, rows: 2)
        : FieldSchema(name: "C\(index)", kind: .category, rows: 3 + 2 * index)
    }
  }

  /// Fields that share the tables of others: a sequence before its owner and a category after it,
  /// a category that uses a sequence's table, and fields beside them.
  public static let sharing = [
    FieldSchema(name: "history", kind: .sequence, rows: 6, maxValues: 3, embeddingOf: "item"),
    FieldSchema(name: "I1", kind: .value, rows: 2),
    FieldSchema(name: "item", kind: .category, rows: 6),
    FieldSchema(name: "last", kind: .category, rows: 6, embeddingOf: "item"),
    FieldSchema(name: "tags", kind: .sequence, rows: 5, maxValues: 2),
    FieldSchema(name: "tag", kind: .category, rows: 5, embeddingOf: "tags"),
    FieldSchema(name: "C1", kind: .category, rows: 4),
  ]

  /// Two sequences among the fields of `mixed`.
  public static let sequences = [
    FieldSchema(name: "C0", kind: .category, rows: 3),
    FieldSchema(name: "G", kind: .sequence, rows: 7, maxValues: 4),
    FieldSchema(name: "I1", kind: .value, rows: 2),
    FieldSchema(name: "H", kind: .sequence, rows: 5, maxValues: 3),
    FieldSchema(name: "C1", kind: .category, rows: 6),
  ]
}
