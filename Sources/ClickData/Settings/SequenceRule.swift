/// How the values of one row of a sequence field become one vector: at most so many, pooled.
public struct SequenceRule: Equatable, Sendable {
  /// What stands for the vectors of a row's values.
  public enum Pooling: String, CaseIterable, Sendable {
    /// Their sum, over their number.
    case mean
    /// Their sum.
    case sum
  }

  /// The values of `maxLength` that batches have room for.
  public static let lengthRange = 1...4096

  /// The most values of one row.
  public var maxLength: Int
  /// What becomes of their vectors.
  public var pooling: Pooling

  /// Declares a rule.
  public init(maxLength: Int = 16, pooling: Pooling = .mean) {
    self.maxLength = maxLength
    self.pooling = pooling
  }
}
