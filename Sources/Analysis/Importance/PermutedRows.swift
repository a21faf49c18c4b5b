import ClickData
import Models
import Platform

/// Runs a model over a sample of rows, as they are or with one field permuted among them.
struct PermutedRows {
  private let sample: SampledRows
  private let model: CTRModel
  private let batches: [(batch: EncodedBatch, rows: Range<Int>)]

  /// Copies the sample into batches of at most `batchSize` rows.
  init(_ sample: SampledRows, model: CTRModel, batchSize: Int) {
    self.sample = sample
    self.model = model
    batches = stride(from: 0, to: sample.count, by: batchSize).map { start in
      let rows = start..<min(start + batchSize, sample.count)
      let batch = EncodedBatch(capacity: rows.count, schema: model.schema)
      batch.rows = rows.count
      for field in model.schema.indices { sample.write(field, of: rows, to: batch) }
      return (batch, rows)
    }
  }

  /// Scores the rows; `beforeBatch` gets the number of rows of each batch and may throw.
  func scores(beforeBatch: (Int) throws -> Void) rethrows -> SampleScores {
    var logits: [Double] = []
    logits.reserveCapacity(sample.count)
    for (batch, rows) in batches {
      try beforeBatch(rows.count)
      let found = model.forward(batch)
      for row in 0..<rows.count { logits.append(Double(found[row, 0]) + model.logitShift) }
    }
    return SampleScores(logits: logits, clicked: sample.clicked)
  }

  /// Scores the rows once per order, with the field of row `order[r]` in row r.
  ///
  /// A sequence field moves as a whole, with all values of its row.
  func scores(
    permuting field: Int, orders: [[Int]], beforeBatch: (Int) throws -> Void
  ) rethrows -> [SampleScores] {
    defer { for (batch, rows) in batches { sample.write(field, of: rows, to: batch) } }
    return try orders.map { order in
      for (batch, rows) in batches { sample.write(field, of: order[rows], to: batch) }
      return try scores(beforeBatch: beforeBatch)
    }
  }
}

/// How well the logits of some rows fit their clicks.
struct SampleScores: Equatable {
  /// The area under the ROC curve; nil if a class is missing.
  let auc: Double?
  /// The mean loss per row.
  let logloss: Double

  init(auc: Double?, logloss: Double) {
    self.auc = auc
    self.logloss = logloss
  }

  init(logits: [Double], clicked: [Bool]) {
    let loss = zip(logits, clicked).reduce(0) { $0 + Logistic($1.0).loss(clicked: $1.1) }
    logloss = loss / Double(clicked.count)
    auc = Midranks.area(under: logits, clicked: clicked)
  }
}

extension CounterRandom {
  /// A uniform permutation of `0..<count`, by Fisher and Yates.
  func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for place in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(place, integer(UInt64(place), below: place + 1))
    }
    return order
  }
}
