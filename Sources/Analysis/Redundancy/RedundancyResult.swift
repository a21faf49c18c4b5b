import LinearAlgebra
import Models

/// What a `RedundancyAnalysis` found in one run.
public struct RedundancyResult: Sendable {
  /// The run.
  public var run: RunDescription
  /// Rows analysed.
  public let rows: Int
  /// The fields' names, in the order of their blocks.
  public let fields: [String]
  /// What the operands are.
  public let operands: OperandNames
  /// The left operand against the right one.
  public let between: RedundancyMatrix
  /// The left operand against itself.
  public let withinLeft: RedundancyMatrix
  /// The right operand against itself.
  public let withinRight: RedundancyMatrix
  /// Dimensions of the left operand that never change; they correlate 0 with everything.
  public let constantLeft: Int
  /// Dimensions of the right operand that never change.
  public let constantRight: Int

  /// The three matrices by name, in the order of reports.
  public var matrices: [(name: String, matrix: RedundancyMatrix)] {
    [("between", between), ("within_left", withinLeft), ("within_right", withinRight)]
  }

  /// Dimensions of each operand.
  public var dimensions: Int { between.dimensions }

  /// What a matrix of that name compares.
  func meaning(of name: String) -> String {
    switch name {
    case "within_left": "\(operands.left) with itself"
    case "within_right": "\(operands.right) with itself"
    default: "\(operands.left) with \(operands.right)"
    }
  }
}
