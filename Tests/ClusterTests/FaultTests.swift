import Cluster
import ClusterChecks
import Glibc
import Platform
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct FaultTests {
  /// Whatever the others are doing, each throws, and names the killed rank and its host.
  @Test(arguments: [2, 4, 8]) func aKilledRankEndsAllOthers(ranks: Int) throws {
    for round in 0..<40 {
      let killed = (3 * round + 1) % ranks
      let results = try ThreadedCluster.run(
        ranks: ranks, faults: [.kill(rank: killed, round: round)]
      ) { cluster in
        try cluster.running {
          for seed in 1...UInt64(1000) {
            try RandomSequence(seed: seed, calls: 10, longest: 200).run(on: cluster)
          }
        }
      }
      let expected = ClusterFailure(rank: killed, host: "host\(killed)", reason: .ended)
      for (rank, result) in results.enumerated() {
        let error = #expect(throws: (any Error).self) { try result.get() }
        if rank == killed {
          #expect(error is ThreadedCluster.Killed)
        } else {
          #expect(error as? ClusterFailure == expected)
        }
      }
    }
  }

  @Test func aSlowRankIsNotAFailure() throws {
    let results = try ThreadedCluster.run(
      ranks: 4, faults: [.delay(rank: 2, rounds: 3..<30, seconds: 0.02)]
    ) { cluster in
      try RandomSequence(seed: 9, calls: 60).run(on: cluster)
    }
    for result in results { try result.get() }
  }

  /// A rank that fails by itself tells the others why, and all throw the same.
  @Test func aFailureOfOneRankReachesAll() throws {
    struct FullDisk: Failure {
      var status: FailureStatus { .inputOutput }
      var description: String { "run/metrics.jsonl: cannot write: no space left on device" }
    }
    let results = try ThreadedCluster.run(ranks: 4) { cluster in
      try cluster.running {
        try cluster.barrier()
        if cluster.rank == 3 { throw FullDisk() }
        try cluster.barrier()
      }
    }
    let expected = ClusterFailure(
      rank: 3, host: "host3",
      reason: .failed(message: FullDisk().description, status: .inputOutput))
    for result in results {
      let error = #expect(throws: ClusterFailure.self) { try result.get() }
      #expect(error == expected && error?.reporter == 0 && error?.status == .inputOutput)
      #expect(error?.description == "rank 3 on host host3: \(FullDisk().description)")
    }
  }

  /// A rank that leaves early would otherwise leave the others waiting.
  @Test func aRankThatReturnsEarlyEndsTheOthers() throws {
    let results = try ThreadedCluster.run(ranks: 2) { cluster in
      if cluster.rank == 0 { try cluster.barrier() }
    }
    #expect(throws: ClusterFailure(rank: 1, host: "host1", reason: .ended)) {
      try results[0].get()
    }
  }

  /// The text need not be short, nor free of spaces or line ends.
  @Test func ranksThatDisagreeAreNamedOnEveryRank() throws {
    let reports = Mutex<[Int]>([])
    let results = try ThreadedCluster.run(ranks: 8) { cluster in
      do {
        try cluster.agree(on: "version", "1.5")
        try cluster.agree(on: "configuration", cluster.rank < 5 ? "a 1\nb" : "a 2\n é")
      } catch let failure as ClusterFailure {
        if cluster.claimReport(of: failure) { reports.withLock { $0.append(cluster.rank) } }
        try expect(!cluster.claimReport(of: failure), "claimed twice")
        throw failure
      }
    }
    #expect(reports.withLock { $0 } == [0])
    let reason = ClusterFailure.Reason.disagrees(
      subject: "configuration", found: "a 2\n é", expected: "a 1\nb")
    for result in results {
      #expect(throws: ClusterFailure(rank: 5, host: "host5", reason: reason)) { try result.get() }
    }
  }
}
