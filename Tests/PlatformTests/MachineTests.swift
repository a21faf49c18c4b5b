import Foundation
import Testing

@testable import Platform

/// Limits read from trees of files as the kernel, Docker and batch systems show them.
@Suite struct MachineTests {
  /// Control groups of a tree of files, by path.
  private func groups(_ files: [String: String]) throws -> ControlGroups {
    let root = FileManager.default.temporaryDirectory.appending(path: "sfg-\(UUID().uuidString)")
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    return ControlGroups(root: root.path)
  }

  private static let secondVersion = "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
  private static let firstVersion = """
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:5 - cgroup cgroup rw,cpu,cpuacct
    35 31 0:32 /docker/7a /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
    36 31 0:33 / /proc rw - proc proc rw

    """

  @Test func theSmallestLimitOfAGroupAndItsAncestorsCounts() throws {
    let groups = try groups([
      "proc/self/cgroup": "0::/batch.slice/job_7\n", "proc/self/mountinfo": Self.secondVersion,
      "sys/fs/cgroup/batch.slice/memory.max": "2000000000\n",
      "sys/fs/cgroup/batch.slice/cpu.max": "max 100000\n",
      "sys/fs/cgroup/batch.slice/job_7/memory.max": "max\n",
      "sys/fs/cgroup/batch.slice/job_7/cpu.max": "150000 100000\n",
      "sys/fs/cgroup/other/memory.max": "1\n",
    ])
    #expect(groups.memoryBytes == 2_000_000_000)
    #expect(groups.processors == 1.5)
  }

  @Test func theFirstVersionHasAHierarchyPerController() throws {
    let groups = try groups([
      "proc/self/cgroup": "4:memory:/docker/7a/x\n1:cpu,cpuacct:/a\n0::/\n",
      "proc/self/mountinfo": Self.firstVersion,
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "800000000\n",
      "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n",
    ])
    #expect(groups.memoryBytes == 800_000_000)
    #expect(groups.processors == 0.5)
  }

  @Test func theHostsPathOfAContainerIsTheMountPoint() throws {
    let groups = try groups([
      "proc/self/cgroup": "0::/../../docker/7a\n", "proc/self/mountinfo": Self.secondVersion,
      "sys/fs/cgroup/memory.max": "700\n",
    ])
    #expect(groups.memoryBytes == 700)
  }

  @Test(arguments: ["", "0::/\n", "garbage\n:::\n4:memory\n"])
  func withoutGroupsThereIsNoLimit(text: String) throws {
    let groups = try groups([
      "proc/self/cgroup": text, "proc/self/mountinfo": "a - b\n" + Self.secondVersion,
      "sys/fs/cgroup/cpu.max": "0 0\n",
    ])
    #expect(groups.memoryBytes == nil && groups.processors == nil)
  }

  @Test func listsOfProcessorsAreCounted() {
    for (list, count) in [("0", 1), ("0-3", 4), ("0-3,8", 5), ("2,4-5,63", 4), ("", 0)] {
      #expect(Machine.listLength(list) == count, "\(list)")
    }
  }

  @Test func theProcessorIsNamedAsTheSystemNamesIt() {
    let one = "processor\t: 0\nmodel\t\t: 17\nmodel name\t: A CPU:  E5 @ 2 GHz \n\n"
    #expect(Machine.processorModel(information: one + one) == "A CPU: E5 @ 2 GHz")
    #expect(Machine.processorModel(information: "Hardware: x\n") == nil)
  }

  @Test func processorsAreThoseOfTheMaskOrFewerByQuota() throws {
    let status = "Name:\tsfg\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n"
    #expect(Machine.processors(status: status, groups: try groups([:])) == 8)
    for (quota, processors) in [("250000", 3), ("50000", 1), ("2000000", 8)] {
      let limited = try groups([
        "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.secondVersion,
        "sys/fs/cgroup/cpu.max": "\(quota) 100000\n",
      ])
      #expect(Machine.processors(status: status, groups: limited) == processors)
    }
  }
}
