extension EncodedBatch {
  /// Copies some rows of another batch of the same fields: labels, ids, values, and weights if both
  /// batches have them, without positions and texts.
  public func copyRows(_ range: Range<Int>, of other: EncodedBatch) {
    precondition(
      range.count <= capacity && fields == other.fields,
      "EncodedBatch: \(range.count) rows of \(other.fields) fields into \(capacity) of \(fields)")
    rows = range.count
    let first = range.lowerBound
    labels.update(from: other.labels + first, count: rows)
    if let weights, let source = other.weights {
      weights.update(from: source + first, count: rows)
    }
    for field in 0..<fields {
      ids(field).update(from: other.ids(field) + first, count: rows)
      if let values = values(field), let source = other.values(field) {
        values.update(from: source + first, count: rows)
      }
      if let own = sequence(field), let source = other.sequence(field) {
        own.copyRows(range, of: source)
      }
    }
  }
}

extension SequenceColumn {
  /// Copies the values of some rows of another column.
  fileprivate func copyRows(_ range: Range<Int>, of other: SequenceColumn) {
    let first = other.starts[range.lowerBound]
    for place in 0...range.count { starts[place] = other.starts[range.lowerBound + place] - first }
    ids.update(from: other.ids + first, count: starts[range.count])
    weights.update(from: other.weights + first, count: starts[range.count])
  }
}
