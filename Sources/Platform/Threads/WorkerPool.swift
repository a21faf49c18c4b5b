import Glibc
import Synchronization

/// Threads that stay alive between steps and share out numbered tasks.
///
/// Which thread runs a task is left to chance, what a task computes is not: callers cut their work into
/// tiles that do not depend on the number of threads, or where no sum depends on the cut, so the bits do not either.
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
    workers = (1..<threads).map { [work] thread in
      BackgroundThread { work.serve(on: thread) }
    }
  }

  deinit {
    work.stop()
    for worker in workers { worker.join() }
  }

  /// Runs `body(0) … body(count - 1)`, each once, in any order, and returns when all are done.
  public func run(_ count: Int, _ body: (Int) -> Void) {
    share(count) { task, _ in body(task) }
  }

  /// The same, and tells each task which of the threads runs it, from 0: for memory that each thread has of its own.
  public func share(_ count: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    if workers.isEmpty || count <= 1 {
      for index in 0..<count { body(index, 0) }
      return
    }
    withoutActuallyEscaping(body) { work.share($0, count: count) }
  }

  /// Runs tasks in stages: a task begins when the first `after(task)` ones have ended.
  ///
  /// `after` never falls from one task to the next, and names no task of the same stage: one call costs less than one a
  /// stage, between which threads would fall asleep.
  public func run(_ count: Int, after: (Int) -> Int, _ body: (Int) -> Void) {
    let begun = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
    // Tasks in their order, whichever end of the list a thread takes its turns from.
    run(count) { _ in
      let task = begun.wrappingAdd(1, ordering: .relaxed).oldValue
      let needed = after(task)
      while ended.load(ordering: .acquiring) < needed { sched_yield() }
      body(task)
      ended.add(1, ordering: .releasing)
    }
  }

  /// Runs `body` over `0..<count` cut into tiles of `size`; the last tile may be shorter.
  @inline(__always)
  public func tiles(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    run((count + size - 1) / size) { tile in
      body(tile * size..<min(count, (tile + 1) * size))
    }
  }
}

/// The numbered tasks that a pool's threads take from, one after another: the calling one from the beginning of the
/// list, the others from its end.
///
/// So the same thread mostly meets the same field, or the same rows, in one run after another, and finds in its own
/// cache what it wrote there.
///
/// A step is many short runs, so a thread looks for the next one a little while before it sleeps, and lets
/// others have the core meanwhile.
private final class SharedWork {
  private let monitor = Monitor()
  // Guarded by `monitor`; `task` and `count` stand still while any thread is active.
  private var task: ((Int, Int) -> Void)?
  private var count = 0
  private var stopping = false
  /// Tasks taken, by whichever thread.
  private let taken = Atomic<Int>(0)
  /// Tasks taken from the end of the list.
  private let takenFromBack = Atomic<Int>(0)
  /// How often something began, or the pool stopped: what a thread without work looks at.
  private let begun = Atomic<Int>(0)
  /// Threads that may still hold the task; changed under `monitor`.
  private let active = Atomic<Int>(0)

  /// How often a thread looks before it sleeps.
  private static let patience = 64

  /// Hands out tasks, takes its own share, and waits until the others have let go of the closure.
  func share(_ body: @escaping (Int, Int) -> Void, count: Int) {
    monitor.locked {
      task = body
      self.count = count
      taken.store(0, ordering: .relaxed)
      takenFromBack.store(0, ordering: .relaxed)
      begun.add(1, ordering: .releasing)
      monitor.signalAll()
    }
    runFromFront(body, count)
    look { active.load(ordering: .acquiring) == 0 }
    monitor.locked {
      while active.load(ordering: .relaxed) > 0 { monitor.wait() }
      task = nil
    }
  }

  /// Runs tasks as they come, until `stop`, as the thread of some number.
  func serve(on thread: Int) {
    var known = 0
    while true {
      look { begun.load(ordering: .acquiring) != known }
      let (stopped, joins) = monitor.locked {
        while begun.load(ordering: .relaxed) == known { monitor.wait() }
        known = begun.load(ordering: .relaxed)
        // Who comes late finds nothing left.
        let joins = task != nil && taken.load(ordering: .relaxed) < count
        if joins { active.add(1, ordering: .relaxed) }
        return (stopping, joins)
      }
      guard !stopped else { return }
      guard joins else { continue }
      runSharedTasks(on: thread)
      monitor.locked {
        active.subtract(1, ordering: .releasing)
        monitor.signalAll()
      }
    }
  }

  func stop() {
    monitor.locked {
      stopping = true
      begun.add(1, ordering: .releasing)
      monitor.signalAll()
    }
  }

  /// A call of its own, so that its reference to the closure is gone before the thread stops being active.
  @inline(never)
  private func runSharedTasks(on thread: Int) {
    if let task { runFromBack(task, count, on: thread) }
  }

  /// Takes tasks from the beginning of the list until none is left: for the calling thread.
  private func runFromFront(_ body: (Int, Int) -> Void, _ count: Int) {
    var index = 0
    while isLeft(of: count) {
      body(index, 0)
      index += 1
    }
  }

  /// Takes tasks from the end of the list until none is left: for the workers.
  private func runFromBack(_ body: (Int, Int) -> Void, _ count: Int, on thread: Int) {
    while isLeft(of: count) {
      body(count - 1 - takenFromBack.wrappingAdd(1, ordering: .relaxed).oldValue, thread)
    }
  }

  /// Takes one of the tasks that are left, without saying which; false where none is.
  private func isLeft(of count: Int) -> Bool {
    taken.wrappingAdd(1, ordering: .relaxed).oldValue < count
  }

  /// Returns once something is so, or after a while.
  private func look(until isSo: () -> Bool) {
    for _ in 0..<Self.patience where !isSo() { sched_yield() }
  }
}
