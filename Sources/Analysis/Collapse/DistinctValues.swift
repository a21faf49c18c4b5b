import ClickData
import Models

/// How many different values each field has in the rows of a pass, as far as ranks depend on it.
struct DistinctValues {
  private struct Field {
    let kind: FieldSchema.Kind
    var ids: Set<UInt32> = []
    var factor: Float?
    var varies = false
  }

  private var fields: [Field]
  /// Enough values for any rank: more are not counted.
  private let most: Int

  init(_ model: CTRModel) {
    fields = model.schema.map { Field(kind: $0.kind) }
    most = model.settings.embeddingDimension + 1
  }

  /// Counts the values of the first rows of a batch.
  mutating func add(_ batch: EncodedBatch, rows: Int) {
    for index in fields.indices {
      if fields[index].ids.count < most { count(batch, index, rows) }
      guard let values = batch.values(index), !fields[index].varies, rows > 0 else { continue }
      let first = fields[index].factor ?? values[0]
      fields[index].factor = first
      fields[index].varies = (0..<rows).contains { values[$0] != first }
    }
  }

  private mutating func count(_ batch: EncodedBatch, _ field: Int, _ rows: Int) {
    let (ids, count) =
      batch.sequence(field).map { (UnsafePointer($0.ids), $0.starts[rows]) }
      ?? (UnsafePointer(batch.ids(field)), rows)
    for place in 0..<count where fields[field].ids.count < most {
      fields[field].ids.insert(ids[place])
    }
  }

  /// The variety of each field.
  var varieties: [FieldVariety] {
    fields.map { field in
      switch field.kind {
      case .category: .ids(field.ids.count)
      case .value: .factors(ids: field.ids.count, varies: field.varies)
      case .sequence: .sums(ids: field.ids.count)
      }
    }
  }
}
