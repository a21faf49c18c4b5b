import LinearAlgebra
import Models
import Platform

/// Dense updates of the rows that a batch does not touch: noted step by step, made several steps at a time.
///
/// `λ·w` and the decay of moments change every row in every step, and memory bounds that. A row that nobody reads meanwhile
/// has its steps one after another, the same bits, in one pass over memory; one that a batch touches has them first.
final class IdleRows {
  /// Steps that may wait: each more saves less of a pass, and a touched row has half as many more to catch up with.
  static let mostSteps = 16

  private let rule: any UpdateRule
  private let parameters: [OptimizedParameter]
  private let tasks: [UpdateTask]
  private let pool: WorkerPool
  /// Room to spread a tile's stamps, for each thread.
  private let scratch: [Matrix]
  private let noted: UnsafeMutablePointer<UpdateStep>
  /// Steps that wait.
  private(set) var count = 0
  /// Tables by parameter; nil for what is none, or has rows that stay as they are without a gradient.
  private(set) var tables: [IdleTable?] = []
  /// `Σw²` of each task as its rows are without the steps that wait.
  private var squares: [Double]
  /// The most by which the steps that wait can have changed each parameter, as a length.
  private var changes: [Double]

  init(_ rule: any UpdateRule, _ parameters: [OptimizedParameter], pool: WorkerPool) {
    self.rule = rule
    self.parameters = parameters
    self.pool = pool
    func moves(_ parameter: OptimizedParameter) -> Bool {
      parameter.touched != nil && type(of: rule).movesIdleRows(decay: parameter.decay)
    }
    tasks = UpdateTask.tasks(parameters) { moves($0) ? $0.rows : 0 }
    squares = Array(repeating: 0, count: tasks.count)
    changes = Array(repeating: 0, count: parameters.count)
    let widest = parameters.map { UpdateTask.tileRows(width: $0.width) * $0.width }.max() ?? 1
    scratch = (0..<pool.threads).map { _ in Matrix(rows: 1, columns: widest) }
    noted = .allocate(capacity: Self.mostSteps)
    tables = parameters.map { moves($0) ? IdleTable($0, of: self, rule) : nil }
    measureValues()
  }

  deinit { noted.deallocate() }

  /// The steps that wait.
  var steps: UnsafeBufferPointer<UpdateStep> { UnsafeBufferPointer(start: noted, count: count) }

  /// Notes a step, which the touched rows have had.
  func add(_ step: UpdateStep, learningRate: Double, mostNorm: Double) {
    noted[count] = step
    count += 1
    for (index, parameter) in parameters.enumerated() where parameter.touched != nil {
      changes[index] += rule.mostChange(
        count: parameter.rows * parameter.width, learningRate: learningRate, mostNorm: mostNorm)
    }
    if count == Self.mostSteps { finish() }
  }

  /// Makes every update that waits.
  func finish() {
    guard count > 0 else { return }
    forEachTask { table, rows, scratch in table.finish(rows, scratch: scratch) }
    count = 0
    for index in changes.indices { changes[index] = 0 }
  }

  /// Looks at values anew that somebody else has written.
  func measureValues() {
    finish()
    forEachTask { table, rows, _ in table.squaredValues(of: rows) }
  }

  // MARK: The global norm

  /// `Σ(λw)²` over all rows is not more than this, whatever waits.
  var mostRegularizer: Double {
    var total = 0.0
    forEachTable { index, squares in
      let length = parameters[index].decay * (squares.squareRoot() + changes[index])
      total += length * length
    }
    return total
  }

  /// `Σ(λw)²` over the untouched rows of each table, given `Σw²` over the touched ones, added to what is in `sums`; no step
  /// may wait.
  func addRegularizer(touched: [Double], to sums: inout [Double]) {
    assert(count == 0, "IdleRows: steps wait")
    forEachTable { index, squares in
      let decay = parameters[index].decay
      sums[index] += decay * decay * max(0, squares - touched[index])
    }
  }

  private func forEachTable(_ body: (Int, Double) -> Void) {
    var task = 0
    for (index, parameter) in parameters.enumerated() where parameter.decay != 0 {
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
    _ body: (IdleTable, Range<Int>, UnsafeMutablePointer<Scalar>) -> Double
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
