import Cluster
import ClusterChecks
import Glibc
import Platform

/// Lets one rank fail after a time, at whatever point it is then, while all make random calls.
struct Fault {
  private let kind: String
  private let rank: Int
  private let seconds: Double

  init(_ kind: String, _ rank: Int, _ seconds: Double) {
    self.kind = kind
    self.rank = rank
    self.seconds = seconds
  }

  /// Makes random calls until the fault has ended all ranks.
  func run(on cluster: any Collectives) throws {
    let stopwatch = Stopwatch()
    var timer: BackgroundThread?
    defer { withExtendedLifetime(timer) {} }
    if cluster.rank == rank, kind != "fail" {
      timer = try BackgroundThread { [self] in
        usleep(UInt32(seconds * 1e6))
        try? StandardStream.output.print("\(kind) of rank \(rank)")
        switch kind {
        case "kill": kill(getpid(), SIGKILL)
        case "stop": kill(getpid(), SIGSTOP)
        case "exit", "busy": _exit(1)
        default: break
        }
      }
    }
    for seed in 1...UInt64.max {
      try RandomSequence(seed: seed, calls: 20).run(on: cluster)
      if kind == "fail", cluster.rank == rank, stopwatch.seconds > seconds {
        throw Refusal(description: "run/metrics.jsonl: cannot write: no space left on device")
      }
      if kind == "busy", cluster.rank != rank, stopwatch.seconds > 0.1 { sleep(10) }
    }
  }
}
