import ClickData

extension Blueprint {
  /// The fields by their cardinality in the training rows, the largest first; of equals, the earlier one.
  ///
  /// Cardinality is what a scan counted: distinct texts, or numbers; without a scan, the rows of the field's table. A
  /// field whose number multiplies one vector counts 0, as in the authors' code.
  var rankedFields: [Int] {
    schema.indices.sorted { left, right in
      (-cardinality(left), left) < (-cardinality(right), right)
    }
  }

  private func cardinality(_ field: Int) -> Int {
    switch schema[field].kind {
    case .category, .sequence: schema[field].distinct ?? schema[field].rows
    case .value: 0
    }
  }
}
