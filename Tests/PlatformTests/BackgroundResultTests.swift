import Glibc
import Platform
import Testing

@Suite struct BackgroundResultTests {
  private struct Refused: Error, Equatable {}

  @Test func whatTheWorkReturnsOrThrowsIsHandedOver() throws {
    let sum = BackgroundResult { (1...100).reduce(0, +) }
    #expect(try sum.value() == 5050)
    #expect(try sum.value() == 5050)
    let failing = BackgroundResult<Int> { throw Refused() }
    #expect(throws: Refused()) { try failing.value() }
  }

  @Test func workGoesOnBesideItsCallerAndEndsBeforeItsResultIsGone() {
    let (asked, answered) = (BoundedQueue<Int>(capacity: 1), BoundedQueue<Int>(capacity: 1))
    var ended = false
    do {
      let work = BackgroundResult {
        answered.push((asked.pop() ?? 0) + 1)
        // Whoever does not wait for it is past the end of this scope by then.
        usleep(50_000)
        ended = true
      }
      asked.push(41)
      #expect(answered.pop() == 42)
      withExtendedLifetime(work) {}
    }
    #expect(ended)
  }
}
