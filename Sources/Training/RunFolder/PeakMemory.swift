import Glibc
import Platform

/// The most memory this process ever held at once.
public enum PeakMemory {
  /// Resident bytes at their peak, as the system counts them; nil where it does not.
  public static var bytes: Int? {
    var usage = rusage()
    guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    return usage.ru_maxrss * 1024
  }
}
