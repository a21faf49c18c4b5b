import LinearAlgebra

/// Numbers beside a model's own that a checkpoint holds, such as an optimizer's history.
public struct StateTensor {
  /// The name in checkpoints.
  public let name: String
  /// The shape that readers of the file see.
  public let shape: [Int]
  /// The numbers, row by row; their owner keeps them alive.
  public let values: MatrixView

  /// Names some numbers; `shape` has as many elements as `values`.
  public init(name: String, shape: [Int], values: MatrixView) {
    precondition(
      shape.reduce(1, *) == values.rows * values.columns,
      "StateTensor \(name): shape \(shape) for \(values.rows)×\(values.columns)")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
