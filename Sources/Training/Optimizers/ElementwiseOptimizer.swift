import LinearAlgebra
import Models
import Platform

/// Walks all parameters with one rule: regularises, clips by the global norm, updates.
///
/// Tables follow `embedding_update`. `lazy`: the rows the batch touched, with λ·w added to those alone;
/// moments of other rows stand still, the bias correction counts all steps. `dense`: every row every step,
/// as `torch.optim` does without sparse gradients: λ·w pulls everywhere and all moments decay.
///
/// Work is cut into tasks once, by shape, and every sum runs in the order of the tasks: the bits do not
/// depend on the number of threads. Nothing is allocated in a step.
final class ElementwiseOptimizer: Optimizer {
  private(set) var steps = 0
  let parameters: [OptimizedParameter]

  private var rule: any UpdateRule
  private let updatesEveryRow: Bool
  private let maximumNorm: Double
  private let gradientTasks: [UpdateTask]
  private let updateTasks: [UpdateTask]
  private let pool: WorkerPool
  /// The gradient of a tile of rows, zeros and all, for each thread.
  private let scratch: [Matrix]
  private var norms: [SquaredNorms]
  /// `Σw²` of each update task after the last step: what the untouched rows' regulariser weighs.
  private var squaredValues: [Double]
  private let settings: TrainingSettings

  init(
    _ rule: any UpdateRule, parameters: [Parameter], settings: TrainingSettings,
    pool: WorkerPool
  ) {
    self.rule = rule
    self.settings = settings
    updatesEveryRow = settings.embeddingUpdate == .dense
    maximumNorm = settings.maxGradientNorm
    let optimized = parameters.map {
      OptimizedParameter(
        $0, rule: type(of: rule), decay: settings.decay(of: $0.regularization))
    }
    self.parameters = optimized
    gradientTasks = UpdateTask.tasks(optimized) { $0.gradientRows }
    updateTasks =
      updatesEveryRow ? UpdateTask.tasks(optimized) { $0.rows } : gradientTasks
    norms = Array(repeating: SquaredNorms(), count: gradientTasks.count)
    squaredValues = Array(repeating: 0, count: updateTasks.count)
    let widest = optimized.map(\.width).max() ?? 1
    self.pool = pool
    scratch = (0..<pool.threads).map { _ in
      Matrix(rows: 1, columns: max(UpdateTask.tileElements, widest))
    }
    valuesChanged()
  }

  var stateBytes: Int {
    let numbers = parameters.reduce(0) { $1.moments.reduce($0) { $0 + $1.rows * $1.columns } }
    return numbers * MemoryLayout<Scalar>.size
  }

  var semantics: String { "\(rule.description); \(settings.updateSemantics)" }

  var momentNames: [String] { type(of: rule).momentNames }

  func resume(steps: Int) {
    self.steps = steps
    valuesChanged()
  }

  @discardableResult
  func step(learningRate: Double) throws -> Double {
    measureGradients()
    let norm = try globalNorm(learningRate: learningRate)
    steps += 1
    rule.begin(step: steps, learningRate: learningRate)
    let clipping = maximumNorm > 0 ? min(1, maximumNorm / (norm + 1e-6)) : 1
    let rule = rule
    forEachTask(updateTasks, sums: &squaredValues) { optimizer, parameter, task, scratch, square in
      let shaping = GradientShaping(decay: Scalar(parameter.decay), scale: Scalar(clipping))
      if parameter.touched == nil {
        optimizer.updateElements(rule, parameter, task.rows, shaping)
      } else if optimizer.updatesEveryRow {
        square = optimizer.updateEveryRow(rule, parameter, task.rows, shaping, scratch)
      } else {
        optimizer.updateTouchedRows(rule, parameter, task.rows, shaping)
      }
    }
    return norm
  }

  func valuesChanged() {
    guard updatesEveryRow else { return }
    forEachTask(updateTasks, sums: &squaredValues) { _, parameter, task, _, square in
      guard parameter.touched != nil, parameter.decay != 0 else { return }
      square = parameter.squaredValues(of: task.rows)
    }
  }

  // MARK: The global norm

  private func measureGradients() {
    forEachTask(gradientTasks, sums: &norms) { _, parameter, task, _, norms in
      norms = parameter.squaredNorms(of: task.rows)
    }
  }

  /// `√Σ(g + λw)²` over everything that a step updates.
  private func globalNorm(learningRate: Double) throws -> Double {
    var total = 0.0
    var gradientTask = 0
    var updateTask = 0
    for index in parameters.indices {
      var gradient = 0.0
      var touchedValues = 0.0
      while gradientTask < gradientTasks.count, gradientTasks[gradientTask].parameter == index {
        gradient += norms[gradientTask].gradient
        touchedValues += norms[gradientTask].value
        gradientTask += 1
      }
      var allValues = 0.0
      while updateTask < updateTasks.count, updateTasks[updateTask].parameter == index {
        allValues += squaredValues[updateTask]
        updateTask += 1
      }
      let parameter = parameters[index]
      if updatesEveryRow && parameter.touched != nil && parameter.decay != 0 {
        gradient += parameter.decay * parameter.decay * max(0, allValues - touchedValues)
      }
      guard gradient.isFinite else {
        throw TrainingFailure.nonFiniteGradient(
          step: steps + 1, tensor: parameter.parameter.name, learningRate: learningRate, rows: nil)
      }
      total += gradient
    }
    return total.squareRoot()
  }

  /// Runs `body` for each task with the task's own place in `sums`.
  private func forEachTask<Sum>(
    _ tasks: [UpdateTask], sums: inout [Sum],
    _ body: (ElementwiseOptimizer, OptimizedParameter, UpdateTask, MatrixView, inout Sum) -> Void
  ) {
    sums.withUnsafeMutableBufferPointer { sums in
      pool.share(tasks.count) { index, thread in
        let task = tasks[index]
        body(self, parameters[task.parameter], task, scratch[thread].view, &sums[index])
      }
    }
  }
}
