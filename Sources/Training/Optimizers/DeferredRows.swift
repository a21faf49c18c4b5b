import LinearAlgebra
import Models
import Platform

/// Dense updates of the rows that a batch does not touch, applied several steps at a time.
///
/// `λ·w` and the decay of moments change every row in every step, which is bound by memory. A row
/// that is not read meanwhile has its steps one after another, with the same bits, in one pass over
/// memory; a row that a batch touches has them before it is read.
final class DeferredRows {
  /// The number of steps after which all rows are updated: each more saves a smaller part of a
  /// pass, and a touched row has half as many more to catch up with.
  static let capacity = 16

  private let rule: any UpdateRule
  private let parameters: [OptimizedParameter]
  private let tasks: [UpdateTask]
  private let pool: WorkerPool
  /// Memory to spread a tile's stamps, for each thread.
  private let scratch: [Matrix]
  private let recorded: UnsafeMutablePointer<UpdateStep>
  /// The number of deferred steps.
  private(set) var count = 0
  /// Tables by parameter; nil for dense ones and for tables that change only with a gradient.
  private(set) var tables: [DeferredTable?] = []
  /// `Σw²` of each task without the deferred steps.
  private var squares: [Double]
  /// A bound on the norm of each parameter's change by the deferred steps.
  private var changes: [Double]

  init(_ rule: any UpdateRule, _ parameters: [OptimizedParameter], pool: WorkerPool) {
    self.rule = rule
    self.parameters = parameters
    self.pool = pool
    func defers(_ parameter: OptimizedParameter) -> Bool {
      parameter.touched != nil && type(of: rule).movesIdleRows(decay: parameter.decay)
    }
    tasks = UpdateTask.tasks(parameters) { defers($0) ? $0.rows : 0 }
    squares = Array(repeating: 0, count: tasks.count)
    changes = Array(repeating: 0, count: parameters.count)
    let widest = parameters.map { UpdateTask.tileRows(width: $0.width) * $0.width }.max() ?? 1
    scratch = (0..<pool.threads).map { _ in Matrix(rows: 1, columns: widest) }
    recorded = .allocate(capacity: Self.capacity)
    tables = parameters.map { defers($0) ? DeferredTable($0, of: self, rule) : nil }
    measureValues()
  }

  deinit { recorded.deallocate() }

  /// The deferred steps.
  var steps: UnsafeBufferPointer<UpdateStep> { UnsafeBufferPointer(start: recorded, count: count) }

  /// Records a step, which the touched rows have had.
  func add(_ step: UpdateStep, learningRate: Double, gradientNormBound: Double) {
    recorded[count] = step
    count += 1
    for (index, parameter) in parameters.enumerated() where parameter.touched != nil {
      changes[index] += rule.updateNormBound(
        count: parameter.rows * parameter.width, learningRate: learningRate,
        gradientNormBound: gradientNormBound)
    }
    if count == Self.capacity { flush() }
  }

  /// Applies every deferred step.
  func flush() {
    guard count > 0 else { return }
    forEachTask { table, rows, scratch in table.flush(rows, scratch: scratch) }
    count = 0
    for index in changes.indices { changes[index] = 0 }
  }

  /// Measures values again after others have written them.
  func measureValues() {
    flush()
    forEachTask { table, rows, _ in table.squaredValues(of: rows) }
  }

  // MARK: The global norm

  /// A bound on `Σ(λw)²` over all rows, including the deferred steps.
  var regularizerBound: Double {
    var total = 0.0
    forEachTable { index, squares in
      let norm = parameters[index].gradientDecay * (squares.squareRoot() + changes[index])
      total += norm * norm
    }
    return total
  }

  /// Adds `Σ(λw)²` over the untouched rows of each table, given `Σw²` over the touched ones.
  ///
  /// No step may be deferred.
  func addRegularizer(touched: [Double], to sums: inout [Double]) {
    assert(count == 0, "DeferredRows: \(count) deferred steps")
    forEachTable { index, squares in
      let decay = parameters[index].gradientDecay
      sums[index] += decay * decay * max(0, squares - touched[index])
    }
  }

  private func forEachTable(_ body: (Int, Double) -> Void) {
    var task = 0
    for (index, parameter) in parameters.enumerated() where parameter.gradientDecay != 0 {
      while task < tasks.count, tasks[task].parameter < index { task += 1 }
      var sum = 0.0
      while task < tasks.count, tasks[task].parameter == index {
        sum += squares[task]
        task += 1
      }
      body(index, sum)
    }
  }

  private func forEachTask(
    _ body: (DeferredTable, Range<Int>, UnsafeMutablePointer<Scalar>) -> Double
  ) {
    squares.withUnsafeMutableBufferPointer { squares in
      pool.share(tasks.count) { index, thread in
        guard let table = tables[tasks[index].parameter] else { return }
        squares[index] = Denormals.flushed {
          body(table, tasks[index].rows, scratch[thread].base)
        }
      }
    }
  }
}
