import LinearAlgebra
import Platform
import Synchronization

/// Shares a list of tasks among the pool's threads, each with scratch memory of its own.
final class TaskRunner {
  private let pool: WorkerPool
  private let scratch: [Matrix]
  private let next = Atomic<Int>(0)

  /// Allocates, for each thread, `scratchRows` rows of `scratchColumns` zeros.
  init(pool: WorkerPool, scratchRows: Int, scratchColumns: Int) {
    self.pool = pool
    scratch = (0..<pool.threads).map { _ in Matrix(rows: scratchRows, columns: scratchColumns) }
  }

  /// Runs `body` for the numbers below `count`, in any order.
  ///
  /// The scratch it gets holds what an earlier task left there.
  func run(_ count: Int, _ body: (_ task: Int, _ scratch: MatrixView) -> Void) {
    next.store(0, ordering: .relaxed)
    pool.run(pool.threads) { share in
      let memory = scratch[share].view
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < count else { return }
        body(task, memory)
      }
    }
  }
}
