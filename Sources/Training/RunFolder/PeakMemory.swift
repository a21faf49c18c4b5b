import Glibc
import Platform

/// The most memory this process ever held at once.
public enum PeakMemory {
  /// Resident bytes at their peak, as the system counts them; nil where it does not.
  ///
  /// `getrusage` would also count what the parent held when it started this process, which is the larger part under a
  /// large parent.
  public static var bytes: Int? {
    guard let status = try? WholeFile.read("/proc/self/status") else { return nil }
    return kilobytes(String(decoding: status, as: UTF8.self)).map { $0 * 1024 }
  }

  /// The number in the line `VmHWM:  123 kB`.
  private static func kilobytes(_ status: String) -> Int? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  }
}
