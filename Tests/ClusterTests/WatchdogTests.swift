import Testing

@testable import Cluster

/// With times that the test sets.
@Suite struct WatchdogTests {
  let limits = Watchdog.Limits(silent: 20, stuck: 60)

  func pulse(_ calls: Int, _ messages: Int = 0, waiting: Bool = true) -> Watchdog.Pulse {
    Watchdog.Pulse(calls: calls, messages: messages, isWaiting: waiting)
  }

  @Test func aRankWithoutPulseFailsAfterTheLimit() throws {
    var watchdog = Watchdog(ranks: 3, limits: limits, at: 100)
    watchdog.hear(pulse(1, waiting: false), of: 1, at: 130)
    watchdog.hear(pulse(1, waiting: false), of: 2, at: 115)
    #expect(watchdog.verdict(on: [1, 2], at: 134.9) == nil)
    let verdict = try #require(watchdog.verdict(on: [1, 2], at: 135.1))
    #expect(verdict == (2, .silent(seconds: 20)))
    // Only ranks that send their pulse here are watched: nothing was ever heard of rank 0.
    #expect(watchdog.verdict(on: [1], at: 149) == nil)
  }

  /// One rank computes for an hour, and the others wait for it.
  @Test func aSlowRankIsNotAFailure() {
    var watchdog = Watchdog(ranks: 2, limits: limits, at: 0)
    for second in 0..<3600 {
      watchdog.hear(pulse(7), of: 0, at: Double(second))
      watchdog.hear(pulse(6, waiting: false), of: 1, at: Double(second))
      #expect(watchdog.verdict(on: [1], at: Double(second)) == nil)
    }
  }

  @Test func ranksThatAllWaitAreStuckAndTheLastIsNamed() throws {
    var watchdog = Watchdog(ranks: 3, limits: limits, at: 0)
    for second in 0...61 {
      watchdog.hear(pulse(8, 3), of: 0, at: Double(second))
      watchdog.hear(pulse(8, 2), of: 1, at: Double(second))
      watchdog.hear(pulse(8, 4), of: 2, at: Double(second))
      if second < 60 { #expect(watchdog.verdict(on: [1, 2], at: Double(second)) == nil) }
    }
    let verdict = try #require(watchdog.verdict(on: [1, 2], at: 61))
    #expect(verdict == (1, .stuck(seconds: 60)))
  }

  /// Parts of a long message over a slow link are progress.
  @Test func aSlowTransferIsProgress() {
    var watchdog = Watchdog(ranks: 2, limits: limits, at: 0)
    for second in 0..<1000 {
      watchdog.hear(pulse(8), of: 0, at: Double(second))
      watchdog.hear(pulse(8, second / 50), of: 1, at: Double(second))
      #expect(watchdog.verdict(on: [1], at: Double(second)) == nil)
    }
  }
}
