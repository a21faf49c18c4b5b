import Glibc
import Platform

/// Pauses between polls: first short ones for latency, then longer ones that leave the core free.
struct Patience {
  private let stopwatch = Stopwatch()

  /// How long a wait only yields: the time of a small collective over a network.
  private static let eager = 0.5e-3
  /// How long a later pause is, in nanoseconds; the kernel adds about 50 µs.
  private static let pause = 20_000

  /// Lets other threads run.
  func pause() {
    guard stopwatch.seconds > Self.eager else {
      sched_yield()
      return
    }
    var time = timespec(tv_sec: 0, tv_nsec: Self.pause)
    nanosleep(&time, nil)
  }
}
