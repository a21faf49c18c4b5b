import ClickData
import LinearAlgebra
import Training

/// How well each field alone predicts the clicks, to find fields recorded after the click.
///
/// The click rate of each value is estimated on one half of the sampled rows, smoothed by one row
/// with the mean rate; the other half is ranked by these rates, and unseen values get the mean. An
/// identifier that never repeats therefore predicts nothing.
struct LeakageProbe {
  /// A field of an AUC above this is reported as a leak.
  static let threshold = 0.95
  private static let bins = 64

  private let sample: RowSample
  private let fitted: [Int]
  private let heldOut: [Int]
  private let mean: Double

  init(_ sample: RowSample) {
    self.sample = sample
    fitted = (0..<sample.rows).filter { !sample.isHeldOut($0) }
    heldOut = (0..<sample.rows).filter { sample.isHeldOut($0) }
    let clicks = fitted.count { sample.isClick($0) }
    mean = (Double(clicks) + 0.5) / Double(fitted.count + 1)
  }

  /// The AUC of each field alone on the held-out rows; nil if these have one class only.
  static func areas(_ inspection: Inspection) throws -> [Double?] {
    let probe = LeakageProbe(inspection.sample)
    return try inspection.fields.enumerated().map { index, field in
      let values = try probe.area { inspection.sample.key($0, field: index) }
      guard field.isNumeric, let values, let edges = probe.edges(field: index) else {
        return values
      }
      // A number can predict well although its values do not repeat: rank by ranges of it as well.
      let ranges = try probe.area { probe.bin(of: inspection.sample.key($0, field: index), edges) }
      return max(values, ranges ?? 0)
    }
  }

  /// The AUC of the held-out rows, ranked by the click rate of their key in the other half.
  private func area(_ key: (Int) -> UInt64) throws -> Double? {
    var seen: [UInt64: (clicks: Int, rows: Int)] = [:]
    for row in fitted {
      seen[key(row), default: (0, 0)].rows += 1
      if sample.isClick(row) { seen[key(row), default: (0, 0)].clicks += 1 }
    }
    guard !heldOut.isEmpty else { return nil }
    let scores = Matrix(rows: heldOut.count, columns: 1)
    for (place, row) in heldOut.enumerated() {
      let (clicks, rows) = seen[key(row)] ?? (0, 0)
      scores.base[place] = Scalar((Double(clicks) + mean) / Double(rows + 1))
    }
    var metrics = MetricsAccumulator()
    try metrics.add(logits: scores.view, labels: heldOut.map { sample.isClick($0) ? 1 : 0 })
    return metrics.metrics().auc
  }

  /// The edges of ranges of a field's numbers with equally many rows; nil without numbers.
  private func edges(field: Int) -> [Double]? {
    let numbers = fitted.map { sample.key($0, field: field) }.filter { $0 != RowSample.blank }
      .map(Double.init(bitPattern:)).sorted()
    guard !numbers.isEmpty else { return nil }
    return (1..<Self.bins).map { numbers[$0 * numbers.count / Self.bins] }
  }

  private func bin(of key: UInt64, _ edges: [Double]) -> UInt64 {
    guard key != RowSample.blank else { return key }
    let number = Double(bitPattern: key)
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return UInt64(low)
  }
}
