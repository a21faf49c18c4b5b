import LinearAlgebra
import Models
import Platform

/// Applies one rule to all parameters: regularises, clips by the global norm, updates.
///
/// Tables follow `embedding_update`. `lazy`: the rows that the batch touched, with λ acting on
/// those alone; moments of other rows do not change, and the bias correction counts all steps.
/// `dense`: every row in every step, as `torch.optim` does without sparse gradients: λ acts
/// everywhere and all moments decay. Untouched rows are updated through `DeferredRows`.
///
/// Work is cut into tasks once, by shape, and every sum runs in the order of the tasks: the bits do
/// not depend on the number of threads. Nothing is allocated in a step.
final class ElementwiseOptimizer: Optimizer {
  private(set) var steps = 0
  let parameters: [OptimizedParameter]

  private let rule: any UpdateRule
  private let maximumNorm: Double
  private let tasks: [UpdateTask]
  private let updates: [JointUpdateTask]
  private let pool: WorkerPool
  private let settings: TrainingSettings
  /// The untouched rows of tables; nil if updates are lazy.
  private let deferred: DeferredRows?
  private var norms: [SquaredNorms]
  /// `Σ(g + λw)²` and `Σw²` of each parameter, over the rows with a gradient.
  private var gradientSquares: [Double]
  private var valueSquares: [Double]

  init(
    _ rule: any UpdateRule, parameters: [Parameter], settings: TrainingSettings,
    pool: WorkerPool
  ) {
    self.rule = rule
    self.settings = settings
    self.pool = pool
    maximumNorm = settings.maxGradientNorm
    let optimized = parameters.map {
      OptimizedParameter($0, rule: type(of: rule), decay: settings.decay(of: $0.regularization))
    }
    self.parameters = optimized
    tasks = UpdateTask.tasks(optimized) { $0.gradientRows }
    updates = JointUpdateTask.tasks(optimized)
    deferred = settings.embeddingUpdate == .dense ? DeferredRows(rule, optimized, pool: pool) : nil
    norms = Array(repeating: SquaredNorms(), count: tasks.count)
    gradientSquares = Array(repeating: 0, count: optimized.count)
    valueSquares = gradientSquares
  }

  /// Leaves the parameters with every update applied.
  deinit { deferred?.flush() }

  var semantics: String { "\(rule.description); \(settings.updateSemantics)" }

  /// One tensor per parameter and kind of history, named for both.
  var state: [StateTensor] {
    flush()
    let momentNames = type(of: rule).momentNames
    return parameters.flatMap { optimized in
      let isPerElement = optimized.momentWidth == optimized.width
      let shape = isPerElement ? optimized.parameter.shape : [optimized.rows]
      return zip(momentNames, optimized.moments).map { name, values in
        StateTensor(
          name: "\(TrainingCheckpoint.statePrefix)\(optimized.parameter.name).\(name)",
          shape: shape, values: values)
      }
    }
  }

  func resume(steps: Int) {
    self.steps = steps
    valuesChanged()
  }

  func valuesChanged() { deferred?.measureValues() }

  func flush() { deferred?.flush() }

  func step(learningRate: Double) throws {
    let clipping = try clipping(learningRate: learningRate)
    steps += 1
    var step = rule.constants(ofStep: steps, learningRate: learningRate)
    step.clipping = Scalar(clipping)
    pool.run(updates.count) { index in
      for parameter in updates[index].parameters { update(parameter, updates[index].rows, step) }
    }
    deferred?.add(step, learningRate: learningRate, gradientNormBound: maximumNorm)
  }

  private func update(_ index: Int, _ rows: Range<Int>, _ step: UpdateStep) {
    let parameter = parameters[index]
    Denormals.flushed {
      if parameter.touched == nil {
        rule.update(parameter.span(rows), decay: Scalar(parameter.decay), step)
      } else if let rows = parameter.touchedRows(rows) {
        rule.update(rows, decay: Scalar(parameter.decay), step)
      }
    }
    deferred?.tables[index]?.recordStep(rows)
  }

  // MARK: The global norm

  func gradientNorm() -> Double {
    measureGradients()
    addUntouchedRows()
    return gradientSquares.reduce(0, +).squareRoot()
  }

  /// The factor that scales the gradient to the maximum norm; throws if the norm is not finite.
  ///
  /// The untouched rows' share of the norm is known only after all deferred updates. They stay
  /// deferred as long as a bound on that share cannot lead to clipping.
  private func clipping(learningRate: Double) throws -> Double {
    measureGradients()
    let squares = gradientSquares.reduce(deferred?.regularizerBound ?? 0, +)
    let bound = 1.01 * squares.squareRoot() + 1e-6
    if bound.isFinite, maximumNorm == 0 || bound <= maximumNorm { return 1 }
    addUntouchedRows()
    for (parameter, squares) in zip(parameters, gradientSquares) where !squares.isFinite {
      throw TrainingFailure.nonFiniteGradient(
        step: steps + 1, tensor: parameter.parameter.name, learningRate: learningRate, rows: nil)
    }
    let norm = gradientSquares.reduce(0, +).squareRoot()
    return maximumNorm > 0 ? min(1, maximumNorm / (norm + 1e-6)) : 1
  }

  private func measureGradients() {
    norms.withUnsafeMutableBufferPointer { norms in
      pool.run(tasks.count) { index in
        norms[index] = parameters[tasks[index].parameter].squaredNorms(of: tasks[index].rows)
      }
    }
    for index in parameters.indices { (gradientSquares[index], valueSquares[index]) = (0, 0) }
    for (task, norms) in zip(tasks, norms) {
      gradientSquares[task.parameter] += norms.gradient
      valueSquares[task.parameter] += norms.value
    }
  }

  private func addUntouchedRows() {
    guard let deferred else { return }
    deferred.flush()
    deferred.addRegularizer(touched: valueSquares, to: &gradientSquares)
  }
}
