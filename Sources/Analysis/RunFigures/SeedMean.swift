/// A mean over seeds with the unbiased standard deviation; nil for a single number.
struct SeedMean {
  let mean: Double
  let deviation: Double?
  /// How many numbers there are.
  let count: Int

  /// The mean of the defined numbers; nil if there are none.
  init?(_ numbers: [Double?]) {
    let known = numbers.compactMap(\.self)
    guard !known.isEmpty else { return nil }
    count = known.count
    let mean = known.reduce(0, +) / Double(count)
    self.mean = mean
    deviation =
      known.count > 1
      ? (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot() : nil
  }

  /// One standard deviation to either side; nil for a single number.
  var range: ClosedRange<Double>? { deviation.map { mean - $0...mean + $0 } }
}
