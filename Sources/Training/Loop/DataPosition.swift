/// Where training stands in its data; the order of rows is a function of the seed and the epoch alone.
struct DataPosition: Codable, Equatable {
  /// The epoch at work, or the next one, counted from 1.
  var epoch = 1
  /// Steps taken in it.
  var steps = 0
  /// Rows seen in it.
  var rows = 0
  /// Rows seen in it that were clicked.
  var positives = 0
  /// Rows since the last evaluation, over epochs.
  var rowsSinceEvaluation = 0
  /// The sum of their losses.
  var lossSinceEvaluation = 0.0

  mutating func add(rows: Int, positives: Int, meanLoss: Double) {
    steps += 1
    self.rows += rows
    self.positives += positives
    rowsSinceEvaluation += rows
    lossSinceEvaluation += meanLoss * Double(rows)
  }

  /// The mean loss since the last evaluation; nil without rows.
  var meanLoss: Double? {
    rowsSinceEvaluation > 0 ? lossSinceEvaluation / Double(rowsSinceEvaluation) : nil
  }

  mutating func startAfterEvaluation() {
    rowsSinceEvaluation = 0
    lossSinceEvaluation = 0
  }

  mutating func startNextEpoch() {
    epoch += 1
    steps = 0
    rows = 0
    positives = 0
  }
}
