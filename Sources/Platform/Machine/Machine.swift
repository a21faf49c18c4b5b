import Glibc

@_silgen_name("mallopt") private func setMallocOption(_ option: Int32, _ value: Int32) -> Int32

/// What this process may use of the machine.
public enum Machine {
  /// The processors that threads may keep busy: those of the affinity mask, or fewer if a control
  /// group limits the CPU time.
  public static var processors: Int {
    processors(status: processStatus, groups: ControlGroups())
  }

  /// The same from the text of `/proc/self/status`.
  static func processors(status: String, groups: ControlGroups) -> Int {
    let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let allowed = value("Cpus_allowed_list", in: status).map(listLength) ?? online
    let quota = groups.processors.map { Int($0.rounded(.up)) } ?? allowed
    return max(1, min(allowed, quota))
  }

  /// The processor's model as the system names it; nil where it does not.
  public static var processorModel: String? {
    // About 1.5 KB per processor.
    let report = WholeFile.Kind("a report of the system", limit: 16 << 20)
    guard let bytes = try? WholeFile.read("/proc/cpuinfo", report) else { return nil }
    return processorModel(information: String(decoding: bytes, as: UTF8.self))
  }

  /// The same from the text of `/proc/cpuinfo`, which has a line `model name : …` per processor.
  static func processorModel(information: String) -> String? {
    let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).dropFirst().first.map {
      $0.split(separator: " ").joined(separator: " ")
    }
  }

  /// The bytes of this process that are in memory.
  public static var residentBytes: Int { bytes("VmRSS") }

  /// The most bytes of this process that were in memory at once; 0 where the system does not
  /// report it.
  public static var peakBytes: Int { bytes("VmHWM") }

  /// The bytes that can still be mapped under `ulimit -v`; nil if there is no such limit.
  public static var freeAddressSpace: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      let bytes = Int(exactly: limit.rlim_cur), bytes < 1 << 60
    else { return nil }
    return max(0, bytes - Self.bytes("VmSize"))
  }

  /// Makes threads share one heap if addresses are limited: each would reserve 64 MB of its own.
  public static func spareAddresses() {
    guard freeAddressSpace != nil else { return }
    let arenaLimit: Int32 = -8
    _ = setMallocOption(arenaLimit, 1)
  }

  /// The number of processors in a list such as `0-3,8`.
  static func listLength(_ list: some StringProtocol) -> Int {
    list.split(separator: ",").reduce(0) { count, range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, last >= first else { return count }
      return count + last - first + 1
    }
  }

  private static func bytes(_ key: String) -> Int {
    let kilobytes = value(key, in: processStatus)?.split(separator: " ").first.flatMap { Int($0) }
    return (kilobytes ?? 0) * 1024
  }

  private static var processStatus: String {
    String(decoding: (try? WholeFile.read("/proc/self/status", .system)) ?? [], as: UTF8.self)
  }

  /// The value in a line `Key:   value` of `/proc/self/status`.
  private static func value(_ key: String, in status: String) -> String? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(key):") }
    return line?.dropFirst(key.count + 1).drop { $0 == " " || $0 == "\t" }.description
  }
}
