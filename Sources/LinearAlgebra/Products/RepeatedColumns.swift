/// Columns of an operand whose rows repeat a few distinct ones: `x[r] = weight[r] · distinct[slot[r]]`.
public struct RepeatedColumns {
  /// Which columns of the operand they are.
  let columns: Range<Int>
  /// The rows there are, each once.
  let distinct: MatrixView
  /// For each row of the operand, which of the distinct ones it repeats.
  let slots: UnsafePointer<UInt32>
  /// What each row is multiplied by; nil where that is 1.
  let weights: UnsafePointer<Float>?
  /// Where the gradient of each distinct row is added.
  let gradient: MatrixView

  /// Describes columns in memory that the caller owns.
  public init(
    _ columns: Range<Int>, distinct: MatrixView, slots: UnsafeMutablePointer<UInt32>,
    weights: UnsafeMutablePointer<Float>?, gradient: MatrixView
  ) {
    self.columns = columns
    self.distinct = distinct
    self.slots = UnsafePointer(slots)
    self.weights = weights.map { UnsafePointer($0) }
    self.gradient = gradient
  }
}
