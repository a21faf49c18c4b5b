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
  /// What is kept beside the parameters, with every update made, named for checkpoints.
  var state: [StateTensor] { get }

  /// Takes one step.
  ///
  /// Throws `TrainingFailure.nonFiniteGradient`, with nothing updated, where the gradient's norm is not finite.
  func step(learningRate: Double) throws

  /// The global norm of the gradient as the next step would find it before clipping, the regulariser's part included.
  func gradientNorm() -> Double

  /// Makes every update that waits for somebody to read the row; whoever reads a parameter's value causes it too.
  func finish()

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

  /// Bytes that the optimizer keeps beside a parameter and its numbers.
  func bookkeepingBytes(of parameter: Parameter) -> Int {
    guard embeddingUpdate == .dense, parameter.touched != nil,
      type(of: rule).movesIdleRows(decay: decay(of: parameter.regularization))
    else { return 0 }
    let width = parameter.value.columns
    return IdleTable.bytes(rows: parameter.count / width, width: width)
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
