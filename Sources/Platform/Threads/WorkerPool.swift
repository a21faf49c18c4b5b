import Glibc

/// Threads that stay alive between steps and share out numbered tasks.
///
/// Which thread runs a task is left to chance, what a task computes is not: callers cut their work into
/// tiles that do not depend on the number of threads, so the bits do not either.
public final class WorkerPool: @unchecked Sendable {
  /// The number of threads that run tasks, the calling one among them.
  public let threads: Int

  private let monitor = Monitor()
  private var workers: [BackgroundThread] = []
  // Guarded by `monitor`.
  private var task: ((Int) -> Void)?
  private var taskCount = 0
  private var nextTask = 0
  private var unfinished = 0
  private var stopping = false

  /// Starts `threads - 1` workers; the caller of `run` is the last one.
  public init(threads: Int) {
    precondition(threads > 0, "WorkerPool: threads must be positive, got \(threads)")
    self.threads = threads
    for _ in 1..<max(threads, 1) {
      workers.append(BackgroundThread { [unowned self] in work() })
    }
  }

  deinit {
    monitor.locked {
      stopping = true
      monitor.signalAll()
    }
    for worker in workers { worker.join() }
  }

  /// Runs `body(0) … body(count - 1)`, each once, in any order, and returns when all are done.
  public func run(_ count: Int, _ body: (Int) -> Void) {
    if workers.isEmpty || count <= 1 {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { escaping in
      monitor.locked {
        task = escaping
        taskCount = count
        nextTask = 0
        unfinished = count
        monitor.signalAll()
      }
      while let index = claim() {
        escaping(index)
        finishOne()
      }
      monitor.locked {
        while unfinished > 0 { monitor.wait() }
        task = nil
      }
    }
  }

  /// Runs `body` over `0..<count` cut into tiles of `size`; the last tile may be shorter.
  @inline(__always)
  public func tiles(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    run((count + size - 1) / size) { tile in
      body(tile * size..<min(count, (tile + 1) * size))
    }
  }

  private func work() {
    while true {
      let body: ((Int) -> Void)? = monitor.locked {
        while !stopping && (task == nil || nextTask >= taskCount) { monitor.wait() }
        return stopping ? nil : task
      }
      guard let body else { return }
      while let index = claim() {
        body(index)
        finishOne()
      }
    }
  }

  private func claim() -> Int? {
    monitor.locked {
      guard task != nil, nextTask < taskCount else { return nil }
      nextTask += 1
      return nextTask - 1
    }
  }

  private func finishOne() {
    monitor.locked {
      unfinished -= 1
      if unfinished == 0 { monitor.signalAll() }
    }
  }
}
