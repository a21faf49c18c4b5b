import Platform

/// The mean and the standard deviation of a field's numbers, in one pass (Welford, 1962).
///
/// The deviation is the population's, `√(Σ(x − mean)²/n)`; where it is 0, or there is no number, it
/// is replaced by 1, as in scikit-learn's StandardScaler.
final class StandardFit: FieldFit {
  private var count = 0
  private var mean = 0.0
  private var squares = 0.0

  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let number = NumberParser.parse(text, count)
    self.count += 1
    let before = number - mean
    mean += before / Double(self.count)
    squares += before * (number - mean)
  }

  var bytes: Int { 0 }
  func spill(to file: SpillFile) {}

  func encoding(_ spill: SpillFile?, _ found: ScanCounts) -> FittedField.Encoding {
    let deviation = count > 0 ? (squares / Double(count)).squareRoot() : 0
    return .standardValue(mean: mean, deviation: deviation > 0 ? deviation : 1)
  }
}
