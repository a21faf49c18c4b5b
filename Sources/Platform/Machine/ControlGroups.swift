/// The limits that control groups of the Linux kernel set for this process, in both versions.
///
/// A group is limited by its ancestors as well, up to the mount point that the process sees.
public struct ControlGroups {
  private let root: String
  private let paths: [String: String]
  private let mounts: [Mount]

  /// A mounted hierarchy of groups.
  private struct Mount {
    /// The group that appears at the mount point.
    let group: String
    let point: String
    /// Empty for version 2, which has one hierarchy for all controllers.
    let controllers: [Substring]
  }

  /// Reads which groups this process is in; tests pass the root of another tree of files.
  public init(root: String = "") {
    self.root = root
    paths = Self.paths(Self.text("\(root)/proc/self/cgroup") ?? "")
    mounts = Self.mounts(Self.text("\(root)/proc/self/mountinfo") ?? "")
  }

  /// The smallest limit of memory in bytes; nil if there is none.
  public var memoryBytes: Int? {
    let limits =
      folders(of: "memory", version: 2).map { "\($0)/memory.max" }
      + folders(of: "memory", version: 1).map { "\($0)/memory.limit_in_bytes" }
    return limits.compactMap { Self.text($0) }.compactMap { Int($0) }.min()
  }

  /// The smallest share of CPU time, in processors; nil if there is none.
  public var processors: Double? {
    let current = folders(of: "cpu", version: 2).compactMap { Self.text("\($0)/cpu.max") }
    let former = folders(of: "cpu", version: 1).compactMap { folder -> String? in
      guard let quota = Self.text("\(folder)/cpu.cfs_quota_us") else { return nil }
      return "\(quota) \(Self.text("\(folder)/cpu.cfs_period_us") ?? "")"
    }
    return (current + former).compactMap(Self.share).min()
  }

  /// The quotient of `quota period`; nil where the quota is `max` or negative, which mean none.
  private static func share(_ text: String) -> Double? {
    let numbers = text.split(separator: " ").map { Double($0) }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  /// The folders of this process's group and of its ancestors.
  private func folders(of controller: String, version: Int) -> [String] {
    let key = version == 2 ? "" : controller
    guard let path = paths[key] else { return [] }
    return mounts.filter {
      version == 2 ? $0.controllers.isEmpty : $0.controllers.contains { $0 == controller }
    }
    .flatMap { mount -> [String] in
      // A container may see the path of its host, of which only the end is mounted.
      let prefix = mount.group == "/" ? "" : mount.group
      let inner = path == prefix || path.hasPrefix("\(prefix)/") ? path.dropFirst(prefix.count) : ""
      let names = inner.split(separator: "/").filter { $0 != ".." }
      return (0...names.count).map { count in
        ([root + mount.point] + names.prefix(count).map(String.init)).joined(separator: "/")
      }
    }
  }

  /// The path of each controller in lines such as `4:memory:/a/b`; that of version 2 has no name.
  private static func paths(_ text: String) -> [String: String] {
    var paths: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        paths[String(controller)] = String(parts[2])
      }
    }
    return paths
  }

  /// The hierarchies in lines such as
  /// `35 31 0:32 /a /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory`.
  private static func mounts(_ text: String) -> [Mount] {
    text.split(separator: "\n").compactMap { line -> Mount? in
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), dash >= 5, words.count >= dash + 4 else {
        return nil
      }
      let type = words[dash + 1]
      guard type == "cgroup" || type == "cgroup2" else { return nil }
      return Mount(
        group: String(words[3]), point: String(words[4]).replacing("\\040", with: " "),
        controllers: type == "cgroup" ? words[dash + 3].split(separator: ",") : [])
    }
  }

  /// The content of a small file without the line end.
  private static func text(_ path: String) -> String? {
    guard let bytes = try? WholeFile.read(path, .system) else { return nil }
    return String(
      decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }
}
