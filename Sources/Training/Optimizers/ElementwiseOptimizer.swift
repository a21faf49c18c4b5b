import LinearAlgebra
import Models
import Platform

/// Walks all parameters with one rule: regularises, clips by the global norm, updates.
///
/// Tables follow `embedding_update`. `lazy`: the rows the batch touched, with λ·w added to those alone;
/// moments of other rows stand still, the bias correction counts all steps. `dense`: every row every step,
/// as `torch.optim` does without sparse gradients: λ·w pulls everywhere and all moments decay. The touched rows have a step
/// at once, the others' waits in `IdleRows`.
///
/// Work is cut into tasks once, by shape, and every sum runs in the order of the tasks: the bits do not
/// depend on the number of threads. Nothing is allocated in a step.
final class ElementwiseOptimizer: Optimizer {
  private(set) var steps = 0
  let parameters: [OptimizedParameter]

  private let rule: any UpdateRule
  private let maximumNorm: Double
  private let tasks: [UpdateTask]
  private let updates: [RowUpdates]
  private let pool: WorkerPool
  private let settings: TrainingSettings
  /// The other rows of the tables, where they are updated too.
  private let idle: IdleRows?
  private var norms: [SquaredNorms]
  /// `Σ(g + λw)²` and `Σw²` of each parameter, over what has a gradient.
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
      OptimizedParameter(
        $0, rule: type(of: rule), decay: settings.decay(of: $0.regularization))
    }
    self.parameters = optimized
    tasks = UpdateTask.tasks(optimized) { $0.gradientRows }
    updates = RowUpdates.all(of: optimized)
    idle = settings.embeddingUpdate == .dense ? IdleRows(rule, optimized, pool: pool) : nil
    norms = Array(repeating: SquaredNorms(), count: tasks.count)
    gradientSquares = Array(repeating: 0, count: optimized.count)
    valueSquares = gradientSquares
  }

  /// Whoever still has the parameters finds every update made.
  deinit { idle?.finish() }

  var stateBytes: Int {
    parameters.reduce(0) { bytes, parameter in
      let numbers = parameter.moments.reduce(0) { $0 + $1.rows * $1.columns }
      return bytes + numbers * MemoryLayout<Scalar>.size
        + settings.bookkeepingBytes(of: parameter.parameter)
    }
  }

  var semantics: String { "\(rule.description); \(settings.updateSemantics)" }

  var momentNames: [String] { type(of: rule).momentNames }

  func resume(steps: Int) {
    self.steps = steps
    valuesChanged()
  }

  func valuesChanged() { idle?.measureValues() }

  func finish() { idle?.finish() }

  func step(learningRate: Double) throws {
    let clipping = try clipping(learningRate: learningRate)
    steps += 1
    var step = rule.constants(ofStep: steps, learningRate: learningRate)
    step.clipping = Scalar(clipping)
    pool.run(updates.count) { index in
      for parameter in updates[index].parameters { update(parameter, updates[index].rows, step) }
    }
    idle?.add(step, learningRate: learningRate, mostNorm: maximumNorm)
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
    idle?.tables[index]?.noteStep(rows)
  }

  // MARK: The global norm

  func gradientNorm() -> Double {
    measureGradients()
    addIdleRows()
    return gradientSquares.reduce(0, +).squareRoot()
  }

  /// The factor that brings the gradient down to the largest norm; throws where the norm is not finite.
  ///
  /// What the idle rows' regulariser adds is known only once all their updates are made. As long as it cannot lead to
  /// clipping they need not be.
  private func clipping(learningRate: Double) throws -> Double {
    measureGradients()
    let squares = gradientSquares.reduce(idle?.mostRegularizer ?? 0, +)
    let most = 1.01 * squares.squareRoot() + 1e-6
    if most.isFinite, maximumNorm == 0 || most <= maximumNorm { return 1 }
    addIdleRows()
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

  private func addIdleRows() {
    guard let idle else { return }
    idle.finish()
    idle.addRegularizer(touched: valueSquares, to: &gradientSquares)
  }
}
