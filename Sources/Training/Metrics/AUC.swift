extension Metric {
  /// The area under the ROC curve, exactly: the share of (positive, negative) pairs in order.
  ///
  /// `AUC = Σ_p w_p·(Σ_{n : s_n < s_p} w_n + ½·Σ_{n : s_n = s_p} w_n) / (Σ_p w_p · Σ_n w_n)` (Mann
  /// and Whitney, 1947), undefined unless rows of both classes have weight. Where all weights are
  /// 1, pairs are counted, twice, so that half a tie is an integer. The share of negatives that was
  /// kept is a factor of both sums, so that it changes nothing.
  public static let auc = Metric(
    name: "AUC", title: "AUC", decimals: 6, isTracked: true, key: "auc"
  ) { rows in
    let (positives, negatives) = (rows.positives, rows.negatives)
    guard !positives.isEmpty, !negatives.isEmpty else { return nil }
    return positives.hasWeights || negatives.hasWeights
      ? weightedArea(positives, negatives) : area(positives.keys, negatives.keys)
  }

  private static func area(_ positives: [LogitKey], _ negatives: [LogitKey]) -> Double {
    var twiceOrdered: UInt64 = 0
    var positive = 0
    var negative = 0
    while positive < positives.count {
      let key = positives[positive]
      let runEnd = end(of: key, in: positives, from: positive)
      while negative < negatives.count && negatives[negative] < key { negative += 1 }
      let tiesEnd = end(of: key, in: negatives, from: negative)
      twiceOrdered += UInt64(runEnd - positive) * UInt64(negative + tiesEnd)
      positive = runEnd
      negative = tiesEnd
    }
    let pairs = UInt64(positives.count) * UInt64(negatives.count)
    return Double(twiceOrdered) / Double(2 * pairs)
  }

  private static func weightedArea(_ positives: RankedLogits, _ negatives: RankedLogits) -> Double {
    var (ordered, clicked, below) = (0.0, 0.0, 0.0)
    var (positive, negative) = (0, 0)
    while positive < positives.keys.count {
      let key = positives.keys[positive]
      let first = negative
      while negative < negatives.keys.count && negatives.keys[negative] < key { negative += 1 }
      below += negatives.weight(of: first..<negative).sum
      let runEnd = end(of: key, in: positives.keys, from: positive)
      let tiesEnd = end(of: key, in: negatives.keys, from: negative)
      let run = positives.weight(of: positive..<runEnd).sum
      let ties = negatives.weight(of: negative..<tiesEnd).sum
      ordered += run * (below + ties / 2)
      clicked += run
      below += ties
      (positive, negative) = (runEnd, tiesEnd)
    }
    let others = below + negatives.weight(of: negative..<negatives.keys.count).sum
    return ordered / clicked / others
  }

  private static func end(of key: LogitKey, in keys: [LogitKey], from start: Int) -> Int {
    var index = start
    while index < keys.count && keys[index] == key { index += 1 }
    return index
  }
}
