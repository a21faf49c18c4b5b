import LinearAlgebra

/// What metrics are computed from: sums in the order of the rows, and the logits of each class.
struct PredictionSummary {
  /// The logits of clicked rows; ascending once all rows are there.
  var positives = RankedLogits()
  /// The logits of the other rows, likewise.
  var negatives = RankedLogits()
  /// The number of rows, those of weight 0 included.
  var rows = 0
  /// The number of clicked rows, likewise.
  var clicks = 0
  /// The sum of the weighted losses.
  var lossSum = 0.0
  /// The sum of the weighted predicted probabilities.
  var probabilitySum = 0.0
  /// The sums of the own weights of clicked rows, and of the others.
  private var ownWeights = (positives: 0.0, negatives: 0.0)
  /// How rows count.
  let weighting: RowWeighting
  /// What is added to the logits of `positives` and `negatives` before a probability is computed.
  let shift: Double

  /// The sum of the weights of clicked rows.
  var clickWeight: Double { ownWeights.positives }
  /// The sum of all weights: the number of rows where each counts once.
  var weight: Double { ownWeights.positives + ownWeights.negatives / weighting.negativeRate }

  /// Whether all rows that count, two or more, have the same logit.
  var isConstant: Bool {
    let (clicked, others) = (positives.keys, negatives.keys)
    let lowest = [clicked.first, others.first].compactMap { $0 }.min()
    let highest = [clicked.last, others.last].compactMap { $0 }.max()
    return clicked.count + others.count > 1 && lowest == highest
  }
}

extension PredictionSummary {
  /// Rows whose logits are sorted; `rows` and `clicks` count those of weight 0 as well.
  init(
    positives: RankedLogits, negatives: RankedLogits, rows: Int, clicks: Int,
    weighting: RowWeighting
  ) {
    self.init(weighting: weighting)
    (self.positives, self.negatives) = (positives, negatives)
    (self.rows, self.clicks) = (rows, clicks)
    ownWeights = (
      positives.weight(of: positives.keys.indices).sum,
      negatives.weight(of: negatives.keys.indices).sum
    )
  }

  init(weighting: RowWeighting = RowWeighting(), shift: Double = 0) {
    self.weighting = weighting
    self.shift = shift
  }

  /// Appends the keys of rows that count once; returns the number of clicks.
  ///
  /// Each key is written after both lists, and one list grows: no branch could predict clicks.
  mutating func append(_ logits: MatrixView, _ labels: UnsafePointer<Float>) -> Int {
    let before = positives.keys.count
    var (clicked, others) = (before, negatives.keys.count)
    positives.reserve(logits.rows)
    negatives.reserve(logits.rows)
    positives.keys.withUnsafeMutableBufferPointer { positives in
      negatives.keys.withUnsafeMutableBufferPointer { negatives in
        for row in 0..<logits.rows {
          let key = LogitKey(ordering: logits[row, 0])
          (positives[clicked], negatives[others]) = (key, key)
          let click = labels[row] > 0.5 ? 1 : 0
          clicked += click
          others += 1 - click
        }
      }
    }
    let clicks = clicked - before
    ownWeights.positives += Double(clicks)
    ownWeights.negatives += Double(logits.rows - clicks)
    positives.keep(clicked)
    negatives.keep(others)
    return clicks
  }

  /// Whether the weights of rows have to be kept: not as long as all are 1.
  mutating func keepsWeights(_ weights: UnsafePointer<Float>, rows: Int) -> Bool {
    if positives.hasWeights { return true }
    guard (0..<rows).contains(where: { weights[$0] != 1 }) else { return false }
    positives.beginWeights()
    negatives.beginWeights()
    return true
  }

  /// Appends the keys and weights of rows, those of weight 0 left out; returns the number of
  /// clicks.
  mutating func append(
    _ logits: MatrixView, _ labels: UnsafePointer<Float>, _ weights: UnsafePointer<Float>
  ) -> Int {
    var clicks = 0
    for row in 0..<logits.rows {
      let isClick = labels[row] > 0.5
      let weight = weights[row]
      clicks += isClick ? 1 : 0
      guard weight > 0 else { continue }
      let key = LogitKey(ordering: logits[row, 0])
      if isClick {
        positives.append(key, weight)
        ownWeights.positives += Double(weight)
      } else {
        negatives.append(key, weight)
        ownWeights.negatives += Double(weight)
      }
    }
    return clicks
  }
}
