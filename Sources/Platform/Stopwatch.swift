import Glibc

/// Measures elapsed time on the monotonic clock.
public struct Stopwatch: Sendable {
  private let start = Stopwatch.now(CLOCK_MONOTONIC)
  private let processorStart = Stopwatch.now(CLOCK_PROCESS_CPUTIME_ID)

  /// Starts measuring.
  public init() {}

  /// The seconds since the start.
  public var seconds: Double { Double(Self.now(CLOCK_MONOTONIC) - start) * 1e-9 }

  /// The seconds that processors have worked since the start, for all threads of this process: no
  /// time in which other programs had them.
  public var processorSeconds: Double {
    Double(Self.now(CLOCK_PROCESS_CPUTIME_ID) - processorStart) * 1e-9
  }

  private static func now(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
