import LinearAlgebra
import Models
import Platform

/// Turns gradients into new values, one step at a time.
public protocol Optimizer: AnyObject {
  /// Steps taken so far.
  var steps: Int { get }
  /// Bytes of the state kept beside the parameters.
  var stateBytes: Int { get }
  /// In words: what is updated in a step, and how the regulariser acts.
  var semantics: String { get }
  /// What is kept beside the parameters, named for checkpoints.
  var state: [StateTensor] { get }

  /// Takes one step and returns the global norm of the gradient, the regulariser's part included, before
  /// clipping.
  ///
  /// Throws `TrainingFailure.nonFiniteGradient`, with nothing updated, where that norm is not finite.
  @discardableResult
  func step(learningRate: Double) throws -> Double

  /// Must be called when values were changed by anyone but this optimizer, such as by loading a checkpoint.
  func valuesChanged()

  /// Goes on from `steps` steps, whose state has been read into `state`, with values as they are now.
  func resume(steps: Int)
}

extension TrainingSettings {
  /// The optimizer's rule at its beginning.
  var rule: any UpdateRule {
    switch optimizer {
    case .adam: Adam()
    case .adagrad: Adagrad()
    case .sgd: SGD()
    case .rowwiseAdagrad: RowwiseAdagrad()
    }
  }

  /// Numbers that the optimizer keeps beside a parameter.
  func stateCount(of parameter: Parameter) -> Int {
    let rule = type(of: rule)
    let width = parameter.touched == nil ? 1 : parameter.value.columns
    return rule.moments * (parameter.count / width) * rule.momentWidth(ofRow: width)
  }

  /// Numbers that a lazy update keeps beside each row of a table; a dense one walks whole tables and keeps them apart.
  public var rowHistory: RowHistory {
    guard embeddingUpdate == .lazy else { return noRowHistory }
    return { dimension in
      let rule = type(of: rule)
      return rule.moments * rule.momentWidth(ofRow: dimension)
    }
  }

  /// The optimizer that the settings ask for, over all of a model's parameters.
  public func makeOptimizer(for parameters: [Parameter], pool: WorkerPool) -> any Optimizer {
    ElementwiseOptimizer(rule, parameters: parameters, settings: self, pool: pool)
  }
}
