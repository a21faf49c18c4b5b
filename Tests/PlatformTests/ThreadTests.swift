import Glibc
import Platform
import Testing

@Suite struct ThreadTests {
  @Test(arguments: 1...4)
  func everyTaskRunsOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for count in [0, 1, 2, 7, 1000] {
      let marks = UnsafeMutablePointer<Int>.allocate(capacity: max(count, 1))
      marks.initialize(repeating: 0, count: max(count, 1))
      defer { marks.deallocate() }
      for _ in 0..<20 { pool.run(count) { marks[$0] += 1 } }
      for task in 0..<count { #expect(marks[task] == 20) }
    }
  }

  /// While a task runs, no other task has the same thread index.
  @Test(arguments: 1...4)
  func concurrentTasksHaveDifferentThreadIndices(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let marks = UnsafeMutablePointer<Int>.allocate(capacity: 400)
    let owner = UnsafeMutablePointer<Int>.allocate(capacity: threads)
    marks.initialize(repeating: 0, count: 400)
    owner.initialize(repeating: -1, count: threads)
    defer {
      marks.deallocate()
      owner.deallocate()
    }
    pool.share(400) { task, thread in
      owner[thread] = task
      if task % 8 == 0 { usleep(50) }
      if owner[thread] == task { marks[task] += 1 }
    }
    #expect((0..<400).allSatisfy { marks[$0] == 1 })
  }

  /// The calling thread runs the first tasks in order and the workers the rest, whichever is
  /// faster.
  @Test(arguments: 1...3)
  func theCallerTakesTasksFromTheFrontAndTheOthersFromTheBack(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let owner = UnsafeMutablePointer<Int>.allocate(capacity: 200)
    owner.initialize(repeating: -1, count: 200)
    defer { owner.deallocate() }
    let caller = pthread_self()
    var tasks: [Int] = []
    pool.share(200) { task, thread in
      usleep(10)
      owner[task] = thread
      if pthread_self() == caller { tasks.append(task) }
    }
    #expect(tasks == Array(0..<tasks.count))
    #expect((0..<200).allSatisfy { (owner[$0] == 0) == ($0 < tasks.count) })
    #expect((0..<200).allSatisfy { 0..<threads ~= owner[$0] })
  }

  /// A thread that is late for one run must neither miss the next nor take its tasks for the last.
  @Test(arguments: 2...4)
  func shortRunsFollowOneAnotherWithoutLosingATask(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let marks = UnsafeMutablePointer<Int>.allocate(capacity: 5)
    marks.initialize(repeating: 0, count: 5)
    defer { marks.deallocate() }
    var expected = [0, 0, 0, 0, 0]
    for run in 0..<20_000 {
      let count = 1 + run % 5
      pool.run(count) { marks[$0] += run }
      for task in 0..<count { expected[task] += run }
    }
    #expect((0..<5).map { marks[$0] } == expected)
  }

  @Test func tilesCoverEveryIndexOnceAndTheLastMayBeShorter() {
    let pool = WorkerPool(threads: 3)
    let marks = UnsafeMutablePointer<Int>.allocate(capacity: 1000)
    marks.initialize(repeating: 0, count: 1000)
    defer { marks.deallocate() }
    pool.tiles(of: 1000, size: 64) { for index in $0 { marks[index] += 1 } }
    for index in 0..<1000 { #expect(marks[index] == 1) }
  }

  /// Repeated stages of 3, 5 and 1 tasks: a task sees that all tasks of earlier stages have ended.
  @Test(arguments: 1...4)
  func aStageBeginsWhenTheOneBeforeHasEnded(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let (first, second, third) = (3, 5, 1)
    let round = first + second + third
    func begin(_ task: Int) -> Int {
      let place = task % round
      let start = place < first ? 0 : place < first + second ? first : first + second
      return task - place + start
    }
    let count = 200 * round
    let done = UnsafeMutablePointer<Bool>.allocate(capacity: count)
    let sawAll = UnsafeMutablePointer<Bool>.allocate(capacity: count)
    done.initialize(repeating: false, count: count)
    sawAll.initialize(repeating: false, count: count)
    defer {
      done.deallocate()
      sawAll.deallocate()
    }
    pool.run(count, after: begin) { task in
      let start = begin(task)
      sawAll[task] = (max(0, start - round)..<start).allSatisfy { done[$0] }
      // Some tasks are slow: a thread that did not wait would overtake them.
      if task % 4 == 0 { usleep(50) }
      done[task] = true
    }
    #expect((0..<count).allSatisfy { done[$0] && sawAll[$0] })
  }

  @Test func aQueueKeepsOrderAndEnds() throws {
    let queue = BoundedQueue<Int>(capacity: 3)
    let producer = try BackgroundThread {
      for value in 0..<1000 { queue.push(value) }
      queue.finish()
    }
    var received: [Int] = []
    while let value = queue.pop() { received.append(value) }
    producer.join()
    #expect(received == Array(0..<1000))
  }

  @Test func aCancelledQueueReleasesItsProducer() throws {
    let queue = BoundedQueue<Int>(capacity: 1)
    let producer = try BackgroundThread { while queue.push(1) {} }
    queue.cancel()
    producer.join()
    #expect(queue.pop() == nil)
  }
}
