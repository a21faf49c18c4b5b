import Glibc
import Synchronization

/// Threads that persist between steps and divide numbered tasks among themselves.
///
/// The thread that runs a task is not deterministic, but its result is: callers divide their work
/// into tiles that do not depend on the number of threads, or on which no sum depends.
public final class WorkerPool: @unchecked Sendable {
  /// The number of threads that run tasks, including the calling one.
  public let threads: Int
  private let work = SharedWork()
  private let workers: [BackgroundThread]

  /// Starts `threads - 1` workers, or as many as the system allows; the thread that calls `run` is
  /// the remaining one.
  public init(threads: Int) {
    precondition(threads > 0, "WorkerPool: threads must be positive, got \(threads)")
    var workers: [BackgroundThread] = []
    // The threads retain the work, not the pool, so that the pool can be released while they wait.
    for thread in 1..<threads {
      guard let worker = try? BackgroundThread({ [work] in work.serve(on: thread) }) else { break }
      workers.append(worker)
    }
    self.workers = workers
    self.threads = 1 + workers.count
  }

  deinit {
    work.stop()
    for worker in workers { worker.join() }
  }

  /// Runs `body(0) … body(count - 1)`, each once, in any order, and returns when all have ended.
  ///
  /// Tasks must not use the pool that runs them.
  public func run(_ count: Int, _ body: (Int) -> Void) { share(count) { task, _ in body(task) } }

  /// Runs tasks like `run`, passing each the index of its thread, from 0, to select its memory.
  public func share(_ count: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    if workers.isEmpty || count <= 1 {
      for index in 0..<count { body(index, 0) }
      return
    }
    withoutActuallyEscaping(body) { work.share($0, count: count) }
  }

  /// Runs tasks in stages: a task begins when the first `after(task)` tasks have ended.
  ///
  /// `after` must not decrease from one task to the next, nor include a task of the same stage. One
  /// call is faster than one call per stage, between which threads would sleep.
  public func run(_ count: Int, after: (Int) -> Int, _ body: (Int) -> Void) {
    share(count, after: after) { task, _ in body(task) }
  }

  /// Runs tasks in stages like `run`, passing each the index of its thread, from 0.
  public func share(
    _ count: Int, after: (Int) -> Int, _ body: (_ task: Int, _ thread: Int) -> Void
  ) {
    let begun = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
    // Tasks begin in order, whichever end of the list a thread takes its index from.
    share(count) { _, thread in
      let task = begun.wrappingAdd(1, ordering: .relaxed).oldValue
      let needed = after(task)
      while ended.load(ordering: .acquiring) < needed { sched_yield() }
      body(task, thread)
      ended.add(1, ordering: .releasing)
    }
  }

  /// Runs `body` over `0..<count` divided into tiles of `size`; the last tile may be shorter.
  @inline(__always)
  public func tiles(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    run((count + size - 1) / size) { tile in
      body(tile * size..<min(count, (tile + 1) * size))
    }
  }
}

/// A pool's list of tasks: the calling thread takes them from the front, workers from the back.
///
/// A thread therefore mostly finds the fields or rows of the previous run in its cache.
///
/// A step consists of many short runs, so a thread polls for the next one for a while before it
/// sleeps, yielding the core to others.
private final class SharedWork {
  private let monitor = Monitor()
  // Guarded by `monitor`; `task` and `count` do not change while any thread is active.
  private var task: ((Int, Int) -> Void)?
  private var count = 0
  private var stopping = false
  /// Tasks taken by all threads.
  private let taken = Atomic<Int>(0)
  /// Tasks taken from the back of the list.
  private let takenFromBack = Atomic<Int>(0)
  /// Counts runs begun, and the stop of the pool; polled by threads without work.
  private let begun = Atomic<Int>(0)
  /// Threads that may still use the task; changed under `monitor`.
  private let active = Atomic<Int>(0)

  /// How often a thread polls before it sleeps.
  private static let pollCount = 64

  /// Publishes tasks, runs a share of them, and waits until no other thread uses the closure.
  func share(_ body: @escaping (Int, Int) -> Void, count: Int) {
    monitor.locked {
      // Tasks that wait for tasks of the same pool would wait for ever.
      precondition(task == nil, "WorkerPool: a task uses the pool that runs it")
      task = body
      self.count = count
      taken.store(0, ordering: .relaxed)
      takenFromBack.store(0, ordering: .relaxed)
      begun.add(1, ordering: .releasing)
      monitor.signalAll()
    }
    runFromFront(body, count)
    poll { active.load(ordering: .acquiring) == 0 }
    monitor.locked {
      while active.load(ordering: .relaxed) > 0 { monitor.wait() }
      task = nil
    }
  }

  /// Runs tasks of each run until `stop`, as the thread with the given index.
  func serve(on thread: Int) {
    var known = 0
    while true {
      poll { begun.load(ordering: .acquiring) != known }
      let (stopped, joins) = monitor.locked {
        while begun.load(ordering: .relaxed) == known { monitor.wait() }
        known = begun.load(ordering: .relaxed)
        // A thread that wakes late finds no task left.
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

  /// A separate call: it releases the closure before the thread becomes inactive.
  @inline(never)
  private func runSharedTasks(on thread: Int) {
    if let task { runFromBack(task, count, on: thread) }
  }

  /// Takes tasks from the front of the list until none is left, on the calling thread.
  private func runFromFront(_ body: (Int, Int) -> Void, _ count: Int) {
    var index = 0
    while claimTask(of: count) {
      body(index, 0)
      index += 1
    }
  }

  /// Takes tasks from the back of the list until none is left, on a worker.
  private func runFromBack(_ body: (Int, Int) -> Void, _ count: Int, on thread: Int) {
    while claimTask(of: count) {
      body(count - 1 - takenFromBack.wrappingAdd(1, ordering: .relaxed).oldValue, thread)
    }
  }

  /// Claims one of the remaining tasks, not a particular one; false if none is left.
  private func claimTask(of count: Int) -> Bool {
    taken.wrappingAdd(1, ordering: .relaxed).oldValue < count
  }

  /// Polls until a condition holds, at most `pollCount` times.
  private func poll(until holds: () -> Bool) {
    for _ in 0..<Self.pollCount where !holds() { sched_yield() }
  }
}
