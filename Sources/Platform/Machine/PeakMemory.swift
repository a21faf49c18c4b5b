/// The largest amount of memory this process ever held at once.
public enum PeakMemory {
  /// Resident bytes at their peak; nil where the system does not report them.
  ///
  /// `getrusage` would also count what the parent held when it started this process.
  public static var bytes: Int? {
    guard let status = try? WholeFile.read("/proc/self/status", .system) else { return nil }
    return kilobytes(String(decoding: status, as: UTF8.self)).map { $0 * 1024 }
  }

  /// The number in the line `VmHWM:  123 kB`.
  private static func kilobytes(_ status: String) -> Int? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  }
}
