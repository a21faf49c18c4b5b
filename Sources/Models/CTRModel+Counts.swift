import ClickData
import Platform

/// What a model amounts to, from a walk over its parameters.
extension CTRModel {
  /// A model to be counted: its tables and buffers take addresses but no memory.
  public static func onPaper(
    schema: [FieldSchema], settings: ModelSettings, batchCapacity: Int,
    rowHistory: @escaping RowHistory = noRowHistory, pool: WorkerPool
  ) -> CTRModel {
    CTRModel(
      schema: schema, settings: settings, batchCapacity: batchCapacity, weights: .zero,
      rowHistory: rowHistory, pool: pool)
  }

  /// Elements of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// Floating-point operations of a row's products with weight matrices: `Σ 2 · elements · uses`.
  ///
  /// Forward only; training takes three times as many, as each product has two gradients. `interactionOperations` counts
  /// the products of vectors with one another; lookups, biases, activations, normalisation and dropout are not counted.
  public var productOperations: Int {
    parameters.reduce(0) { sum, parameter in
      guard parameter.touched == nil, parameter.shape.count > 1 else { return sum }
      return sum + 2 * parameter.count * parameter.uses
    }
  }
}
