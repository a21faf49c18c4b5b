extension Metric {
  /// The area under the ROC curve, exactly: the share of (positive, negative) pairs in order.
  ///
  /// `AUC = (Σ_p #{n : s_n < s_p} + ½·#{n : s_n = s_p}) / (P·N)` (Mann and Whitney, 1947),
  /// undefined without rows of both classes. Pairs are counted twice, so that half a tie is an
  /// integer.
  public static let auc = Metric(
    name: "AUC", title: "AUC", decimals: 6, isTracked: true, key: "auc"
  ) { rows in
    let (positives, negatives) = (rows.positives, rows.negatives)
    guard !positives.isEmpty, !negatives.isEmpty else { return nil }
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

  private static func end(of key: LogitKey, in keys: [LogitKey], from start: Int) -> Int {
    var index = start
    while index < keys.count && keys[index] == key { index += 1 }
    return index
  }
}
