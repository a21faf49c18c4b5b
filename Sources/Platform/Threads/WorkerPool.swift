import Glibc

/// Threads that stay alive between steps and share out numbered tasks.
///
/// Which thread runs a task is left to chance, what a task computes is not: callers cut their work into
/// tiles that do not depend on the number of threads, so the bits do not either.
public final class WorkerPool: @unchecked Sendable {
  /// The number of threads that run tasks, the calling one among them.
  public let threads: Int
  private let work = SharedWork()
  private let workers: [BackgroundThread]

  /// Starts `threads - 1` workers; the caller of `run` is the last one.
  public init(threads: Int) {
    precondition(threads > 0, "WorkerPool: threads must be positive, got \(threads)")
    self.threads = threads
    // The threads hold the work, not the pool, so that the pool can go while they wait.
    workers = (1..<max(threads, 1)).map { [work] _ in BackgroundThread { work.serve() } }
  }

  deinit {
    work.stop()
    for worker in workers { worker.join() }
  }

  /// Runs `body(0) … body(count - 1)`, each once, in any order, and returns when all are done.
  public func run(_ count: Int, _ body: (Int) -> Void) {
    if workers.isEmpty || count <= 1 {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { work.share($0, count: count) }
  }

  /// Runs `body` over `0..<count` cut into tiles of `size`; the last tile may be shorter.
  @inline(__always)
  public func tiles(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    run((count + size - 1) / size) { tile in
      body(tile * size..<min(count, (tile + 1) * size))
    }
  }
}

/// The numbered tasks that a pool's threads take from, one after another.
private final class SharedWork {
  private let monitor = Monitor()
  // Guarded by `monitor`; `task` stands still while any thread is active.
  private var task: ((Int) -> Void)?
  private var count = 0
  private var next = 0
  private var unfinished = 0
  private var active = 0
  private var stopping = false

  /// Hands out tasks, takes its own share, and waits until the others have let go of the closure.
  func share(_ body: @escaping (Int) -> Void, count: Int) {
    monitor.locked {
      task = body
      self.count = count
      next = 0
      unfinished = count
      monitor.signalAll()
    }
    runTasks(body)
    monitor.locked {
      while unfinished > 0 || active > 0 { monitor.wait() }
      task = nil
    }
  }

  /// Runs tasks as they come, until `stop`.
  func serve() {
    while true {
      let stopped = monitor.locked {
        while !stopping && (task == nil || next >= count) { monitor.wait() }
        active += stopping ? 0 : 1
        return stopping
      }
      guard !stopped else { return }
      runSharedTasks()
      monitor.locked {
        active -= 1
        monitor.signalAll()
      }
    }
  }

  func stop() {
    monitor.locked {
      stopping = true
      monitor.signalAll()
    }
  }

  /// A call of its own, so that its reference to the closure is gone before the thread stops being active.
  @inline(never)
  private func runSharedTasks() {
    if let task { runTasks(task) }
  }

  private func runTasks(_ body: (Int) -> Void) {
    var claimed = 0
    while let index = claim(finished: claimed) {
      body(index)
      claimed = 1
    }
  }

  /// Counts the task before as finished and takes the next one; nil where none is left.
  private func claim(finished: Int) -> Int? {
    monitor.locked {
      unfinished -= finished
      if unfinished == 0 { monitor.signalAll() }
      guard next < count else { return nil }
      next += 1
      return next - 1
    }
  }
}
