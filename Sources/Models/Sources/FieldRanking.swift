import ClickData

/// Fields by their cardinality in the training rows.
struct FieldRanking {
  /// The indices of the fields in descending order; of equals, the earlier one first.
  ///
  /// Cardinality is what a scan counted: distinct texts, or numbers; without a scan, the rows of
  /// the field's table. A field whose number multiplies one vector counts 0, as in the authors'
  /// code.
  let fields: [Int]

  /// Ranks the fields of a schema.
  init(_ schema: [FieldSchema]) {
    func cardinality(_ field: Int) -> Int {
      switch schema[field].kind {
      case .category, .sequence: schema[field].distinct ?? schema[field].rows
      case .value: 0
      }
    }
    fields = schema.indices.sorted { left, right in
      (-cardinality(left), left) < (-cardinality(right), right)
    }
  }

  /// The fields that `encoder.source` selects, at most `num_source`, in the schema's order.
  func generated(by encoder: EncoderSettings) -> [Int] {
    switch encoder.source {
    case .all, .own: fields.sorted()
    case .highCardinality: fields.prefix(encoder.sourceFields).sorted()
    case .lowCardinality: fields.suffix(encoder.sourceFields).sorted()
    }
  }
}
