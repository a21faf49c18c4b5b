import Glibc

/// Measures elapsed time on the monotonic clock.
public struct Stopwatch: Sendable {
  private let start = Stopwatch.now

  /// Starts measuring.
  public init() {}

  /// The seconds since the start.
  public var seconds: Double { Double(Self.now - start) * 1e-9 }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
