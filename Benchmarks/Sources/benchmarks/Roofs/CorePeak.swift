import CPeak
import Glibc

/// The most operations that one core can do in the registers of a precision.
enum CorePeak {
  /// Whether this processor multiplies pairs of bfloat16 numbers.
  static let hasBFloat16 = peak_has_bfloat16() != 0

  private static let iterations = 200_000

  /// Operations of each loop.
  static let fusedOperations = Double(iterations * peak_fused_operations())
  static let bfloat16Operations = Double(iterations * peak_bfloat16_operations())

  /// Operations per second of one core, measured once.
  static let fusedSpeed = fusedOperations / leastThreadSeconds(rounds: 25, of: [fused])[0]
  static let bfloat16Speed = bfloat16Operations / leastThreadSeconds(rounds: 25, of: [bfloat16])[0]

  /// Independent fused multiply-adds of floats.
  static func fused() { sink = peak_fused(iterations) }

  /// Independent products of 32 pairs of bfloat16 numbers.
  static func bfloat16() { sink = peak_bfloat16(iterations) }

  nonisolated(unsafe) private static var sink: Float = 0
}

/// The processor time of the calling thread in seconds: other processes that share the core do not
/// count, what they displace from its caches does.
func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// The least processor time of each task, which alternate.
func leastThreadSeconds(rounds: Int, of work: [() -> Void]) -> [Double] {
  var least = [Double](repeating: .infinity, count: work.count)
  for _ in 0..<rounds {
    for (index, task) in work.enumerated() {
      let start = threadSeconds()
      task()
      least[index] = min(least[index], threadSeconds() - start)
    }
  }
  return least
}
