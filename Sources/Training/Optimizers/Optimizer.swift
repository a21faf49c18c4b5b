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

  /// Takes one step and returns the global norm of the gradient, the regulariser's part included, before
  /// clipping.
  ///
  /// Throws `TrainingFailure.nonFiniteGradient`, with nothing updated, where that norm is not finite.
  @discardableResult
  func step(learningRate: Double) throws -> Double

  /// Must be called when values were changed by anyone but this optimizer, such as by loading a checkpoint.
  func valuesChanged()
}

extension TrainingSettings {
  /// How many numbers the optimizer keeps beside each parameter.
  var moments: Int {
    switch optimizer {
    case .adam: Adam.moments
    }
  }

  /// The optimizer that the settings ask for, over all of a model's parameters.
  public func makeOptimizer(for parameters: [Parameter], pool: WorkerPool) -> any Optimizer {
    switch optimizer {
    case .adam:
      ElementwiseOptimizer(Adam(), parameters: parameters, settings: self, pool: pool)
    }
  }
}
