/// Holm's correction of p-values for several tests (Scandinavian Journal of Statistics 1979).
public enum Holm {
  /// The corrected p-values: of m values in ascending order, the i-th becomes the largest
  /// `(m − k + 1)·p₍k₎` over `k ≤ i`, at most 1.
  public static func adjusted(_ values: [Double]) -> [Double] {
    var adjusted = values
    var largest = 0.0
    for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      largest = max(largest, min(Double(values.count - rank) * values[index], 1))
      adjusted[index] = largest
    }
    return adjusted
  }

  /// The same for values of which some are undefined; these are not counted as tests.
  static func adjusted(_ values: [Double?]) -> [Double?] {
    var known = adjusted(values.compactMap(\.self))[...]
    return values.map { $0 == nil ? nil : known.removeFirst() }
  }
}
