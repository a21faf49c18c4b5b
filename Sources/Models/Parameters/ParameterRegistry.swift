import LinearAlgebra

/// The parameters and running statistics of a model, in the order in which its layers created them.
///
/// Checkpoints, counts, optimizers and gradient checks walk these two lists. Names are unique.
public final class ParameterRegistry {
  /// Everything that training changes.
  public private(set) var parameters: [Parameter] = []
  /// What layers measure while they train.
  public private(set) var statistics: [RunningStatistic] = []
  private var names: Set<String> = []

  /// Starts empty.
  public init() {}

  func add(_ parameter: Parameter) {
    claim(parameter.name)
    parameters.append(parameter)
  }

  func add(_ statistic: RunningStatistic) {
    claim(statistic.name)
    statistics.append(statistic)
  }

  private func claim(_ name: String) {
    precondition(names.insert(name).inserted, "ParameterRegistry: \(name) is created twice")
  }
}

/// Numbers that a layer measures while it trains and reads when it evaluates: checkpointed, never
/// optimised.
public final class RunningStatistic {
  /// The name in checkpoints, as PyTorch would give it.
  public let name: String
  /// The numbers, one row.
  public let value: Matrix

  /// Makes a statistic of `count` elements that starts at `initial`.
  init(name: String, count: Int, initial: Scalar) {
    self.name = name
    value = Matrix(rows: 1, columns: count)
    value.view.fill(initial)
  }
}
