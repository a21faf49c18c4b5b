import LinearAlgebra
import Models
import Platform

/// Turns gradients into new values, one step at a time.
public protocol Optimizer: AnyObject {
  /// Steps taken so far.
  var steps: Int { get }
  /// In words: what a step updates, and how the regulariser acts.
  var semantics: String { get }
  /// The state besides the parameters, with every update applied, named for checkpoints.
  var state: [StateTensor] { get }

  /// Takes one step.
  ///
  /// Throws `TrainingFailure.nonFiniteGradient` and updates nothing if the norm is not finite.
  func step(learningRate: Double) throws

  /// The global norm of the gradient before clipping, including a coupled regulariser.
  func gradientNorm() -> Double

  /// Applies every deferred update; required before anything but a training step reads values.
  func flush()

  /// Must be called after others have changed values, such as by loading a checkpoint.
  ///
  /// They must call `flush` before they change any.
  func valuesChanged()

  /// Continues after `steps` steps, whose history is in `state`, with the current values.
  func resume(steps: Int)
}

extension TrainingSettings {
  /// The optimizer of all of a model's parameters.
  public func makeOptimizer(for parameters: [Parameter], pool: WorkerPool) -> any Optimizer {
    ElementwiseOptimizer(rule, parameters: parameters, settings: self, pool: pool)
  }

  /// The optimizer's rule.
  var rule: any UpdateRule {
    switch optimizer {
    case .adam: Adam()
    case .adamW: AdamW()
    case .adagrad: Adagrad()
    case .sgd: SGD()
    case .rowwiseAdagrad: RowwiseAdagrad()
    }
  }

  /// λ of the regulariser of a parameter.
  func decay(of regularization: Parameter.Regularization) -> Double {
    switch regularization {
    case .embedding: embeddingRegularizer
    case .network: netRegularizer
    case .none: 0
    }
  }

  /// Numbers of history that a lazy update stores with each row of a table; a dense one, which
  /// passes over whole tables, stores them separately.
  public var rowHistory: RowHistory {
    guard embeddingUpdate == .lazy else { return noRowHistory }
    return { dimension in
      let rule = type(of: rule)
      return rule.moments * rule.momentWidth(ofRow: dimension)
    }
  }

  /// Numbers of history of a parameter.
  func stateCount(of parameter: Parameter) -> Int {
    let rule = type(of: rule)
    let width = parameter.touched == nil ? 1 : parameter.value.columns
    return rule.moments * (parameter.count / width) * rule.momentWidth(ofRow: width)
  }

  /// Bytes of the optimizer's bookkeeping of a parameter.
  func bookkeepingBytes(of parameter: Parameter) -> Int {
    guard embeddingUpdate == .dense, parameter.touched != nil,
      type(of: rule).movesIdleRows(decay: decay(of: parameter.regularization))
    else { return 0 }
    let width = parameter.value.columns
    return DeferredTable.bytes(rows: parameter.count / width, width: width)
  }

  /// In words: which rows a step updates, how the regulariser acts, how gradients are clipped.
  var updateSemantics: String {
    let rule = type(of: rule)
    let isCoupled = rule.weightDecay == .coupled
    let idleRows =
      rule.movesByHistory
      ? "all moments decay" : "a row without a gradient and without lambda stays as it is"
    let tables =
      switch embeddingUpdate {
      case .dense:
        "embedding_update dense: every row of every table is updated in every step, \(idleRows), "
          + (isCoupled ? "and the gradient holds lambda*w of" : "and weights decay in")
          + " the whole table"
      case .lazy:
        "embedding_update lazy: only the table rows that the batch touches are updated, the state "
          + "of other rows does not change, and "
          + (isCoupled ? "lambda*w is added for" : "weights decay in") + " the touched rows alone"
      }
    let decay =
      isCoupled
      ? "L2 is (lambda/2)*|w|^2" : "weight decay is decoupled, learning_rate*lambda*w per step,"
    let clipping =
      maxGradientNorm == 0
      ? "gradients are not clipped"
      : "gradients, lambda*w \(isCoupled ? "included" : "excluded"), are scaled to a global norm of "
        + "at most \(maxGradientNorm)"
    return "\(tables); \(decay) with lambda \(embeddingRegularizer) for embeddings and "
      + "\(netRegularizer) for the network; \(clipping)"
  }
}
