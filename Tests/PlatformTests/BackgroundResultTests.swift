import Glibc
import Platform
import Testing

@Suite struct BackgroundResultTests {
  private struct Refused: Error, Equatable {}

  @Test func valueReturnsOrThrowsWhatTheWorkDid() throws {
    let sum = try BackgroundResult { (1...100).reduce(0, +) }
    #expect(try sum.value() == 5050)
    #expect(try sum.value() == 5050)
    let failing = try BackgroundResult<Int> { throw Refused() }
    #expect(throws: Refused()) { try failing.value() }
  }

  @Test func workRunsConcurrentlyAndEndsBeforeItsResultIsReleased() throws {
    let (requests, answers) = (BoundedQueue<Int>(capacity: 1), BoundedQueue<Int>(capacity: 1))
    var ended = false
    do {
      let work = try BackgroundResult {
        answers.push((requests.pop() ?? 0) + 1)
        // A caller that does not wait has left this scope by then.
        usleep(50_000)
        ended = true
      }
      requests.push(41)
      #expect(answers.pop() == 42)
      withExtendedLifetime(work) {}
    }
    #expect(ended)
  }
}
