import Glibc
import Synchronization

/// The end of the program when the system has no memory left, which no allocation can throw.
public enum Exhaustion {
  /// The exit status, `FailureStatus.exhausted`.
  public static let status: Int32 = 71

  private static let isReported = Atomic<Bool>(false)

  /// Writes one line and ends the process, without allocating; only the first thread does so.
  public static func exit(refused bytes: Int) -> Never {
    if isReported.exchange(true, ordering: .relaxed) { while true { pause() } }
    put("Error: memory: the system refused ")
    put(number: bytes)
    put(" bytes; raise the limit (ulimit -v, the container's), or lower --threads, ")
    put("training.batch_size or model.embedding_dim\n")
    _exit(status)
  }

  private static func put(_ text: StaticString) {
    _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  private static func put(number: Int) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      var digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10)
      _ = write(STDERR_FILENO, &digit, 1)
      divisor /= 10
    }
  }
}

/// The system refused to start a thread.
public struct ThreadFailure: Failure, Equatable {
  let reason: String

  init(code: Int32) { reason = String(cString: strerror(code)).lowercased() }

  /// No thread is left.
  public var status: FailureStatus { .exhausted }
  /// The reason, and what to do.
  public var description: String {
    "threads: the system refused to start one (\(reason)); "
      + "raise its limits (ulimit -u and -v, the container's), or lower --threads"
  }
}
