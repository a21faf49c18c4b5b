import Cluster
import ClusterChecks
import Foundation
import Platform

/// What `mpirun` runs in tests: checks of the collectives, faults and measurements.
///
/// usage: cluster-program check | fault kill|fail|exit|stop|busy RANK SECONDS | agree RANK
/// | measure [BYTES]
@main struct ClusterProgram {
  static func main() {
    #if MPI
      // As sfg, which handles it: mpirun sends it as soon as one process has ended, and the rank
      // that reports the failure must still print its line.
      signal(SIGTERM, SIG_IGN)
      let launcher = Launcher(environment: ProcessInfo.processInfo.environment)
      do {
        // Parts of 1,000 bytes: messages of the checks are split as those of gigabytes are.
        let arguments = CommandLine.arguments.dropFirst()
        let cluster = try MPICluster.start(partBytes: arguments.first == "check" ? 1000 : nil)
        do {
          try cluster.running { try run(Array(arguments), cluster) }
        } catch let failure as ClusterFailure {
          if cluster.claimReport(of: failure) { report(failure) }
          // MPI waits for the rank that is gone if it is ended as usual.
          _exit(74)
        }
      } catch let failure as ClusterFailure {
        // Before the ranks are connected, each one prints its own.
        report(failure)
        _exit(74)
      } catch let failure as RankCountFailure {
        // Every rank finds it, and one prints it.
        if launcher?.rank ?? 0 == 0 { try? StandardStream.errors.print("Error: \(failure)") }
        _exit(64)
      } catch {
        try? StandardStream.errors.print("Error: \(error)")
        _exit(70)
      }
    #else
      try? StandardStream.output.print("built without MPI")
    #endif
  }

  static func report(_ failure: ClusterFailure) {
    try? StandardStream.errors.print("Error: \(failure)")
  }

  static func run(_ arguments: [String], _ cluster: any Collectives) throws {
    switch arguments.first {
    case "check": try check(cluster)
    case "agree" where arguments.count == 2:
      try cluster.agree(on: "version", Int(arguments[1]) == cluster.rank ? "1.4" : "1.5")
    case "fault" where arguments.count == 4:
      try Fault(arguments[1], Int(arguments[2]) ?? 0, Double(arguments[3]) ?? 0).run(on: cluster)
    case "measure" where arguments.count <= 2:
      try Measurement(cluster, largest: arguments.last.flatMap { Int($0) } ?? 1 << 24).run()
    default:
      throw Refusal(
        description: "expected check, agree RANK, fault KIND RANK SECONDS or measure [BYTES]")
    }
  }

  /// The checks of the threads' suite, with a sum of all results' bits to compare between runs.
  static func check(_ cluster: any Collectives) throws {
    let exchange = Exchange(rank: cluster.rank, ranks: cluster.ranks)
    for call in 1...UInt64(50) {
      try CollectiveChecks.sum(cluster, seed: 1, call: call)
      try CollectiveChecks.slicedSum(cluster, seed: 2, call: call)
      try CollectiveChecks.exchange(cluster, exchange, seed: 3, call: call)
      try CollectiveChecks.broadcast(cluster, seed: 4, call: call)
      try CollectiveChecks.gather(cluster, seed: 5, call: call)
    }
    for seed in 1...UInt64(200) {
      try RandomSequence(seed: seed, calls: 20).run(on: cluster)
    }
    try cluster.agree(on: "version", "1.5")
    guard cluster.rank == 0 else { return }
    let hosts = Set(cluster.hosts).count
    try StandardStream.output.print("checked: \(cluster.ranks) ranks on \(hosts) hosts")
  }
}

/// A failure of this program, not of a rank's process.
struct Refusal: Failure {
  let description: String
  var status: FailureStatus { .usage }
}
