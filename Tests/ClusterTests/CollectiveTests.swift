import Cluster
import ClusterChecks
import LinearAlgebra
import Testing

@Suite(.timeLimit(.minutes(2))) struct CollectiveTests {
  static let ranks = [1, 2, 4, 8]

  /// Runs a check on every rank, and fails with what any of them threw.
  func onRanks(
    _ ranks: Int, _ check: @Sendable @escaping (any Collectives) throws -> Void
  ) throws {
    for result in try ThreadedCluster.run(ranks: ranks, check) { try result.get() }
  }

  @Test(arguments: ranks) func sumsEqualTheNaiveTreeBitForBit(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      for call in 1...UInt64(100) { try CollectiveChecks.sum(cluster, seed: 1, call: call) }
    }
  }

  @Test(arguments: ranks) func slicedSumsEqualTheNaiveTreeBitForBit(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      for call in 1...UInt64(100) { try CollectiveChecks.slicedSum(cluster, seed: 2, call: call) }
    }
  }

  /// Even slices and absent ranks as far as possible: one present rank, then none.
  @Test(arguments: ranks) func absentRanksAreSkipped(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      let slices = Slices(count: 13, ranks: cluster.ranks)
      for present in [cluster.ranks - 1, cluster.ranks] {
        let isPresent = cluster.rank == present
        // Adding 0 to -0 would give 0.
        var values = [Scalar](repeating: isPresent ? -0.0 : 7, count: 13)
        var span = values.mutableSpan
        try cluster.reduceScatter(&span, slices, present: isPresent)
        try cluster.allGather(&span, slices)
        let sign: FloatingPointSign = present == cluster.ranks ? .plus : .minus
        try expect(values.allSatisfy { $0 == 0 && $0.sign == sign }, "slices: \(values)")
        var sums = [isPresent ? -0.0 : 7.0]
        var sumSpan = sums.mutableSpan
        let any = try cluster.sum(&sumSpan, present: isPresent)
        try expect(sums[0] == 0 && sums[0].sign == sign, "sum: \(sums)")
        try expect(any == (present < cluster.ranks), "any present: \(any)")
      }
    }
  }

  @Test(arguments: ranks) func exchangesDeliverEveryByte(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      let exchange = Exchange(rank: cluster.rank, ranks: cluster.ranks)
      for call in 1...UInt64(50) {
        try CollectiveChecks.exchange(cluster, exchange, seed: 3, call: call)
      }
    }
  }

  @Test(arguments: ranks) func broadcastsAndGathersDeliverEveryByte(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      for call in 1...UInt64(50) {
        try CollectiveChecks.broadcast(cluster, seed: 4, call: call)
        try CollectiveChecks.gather(cluster, seed: 5, call: call)
      }
    }
  }

  @Test(arguments: ranks) func randomSequencesNeitherDeadlockNorDiffer(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      for seed in 1...UInt64(1000) {
        try RandomSequence(seed: seed, calls: 10, longest: 200).run(on: cluster)
      }
    }
  }

  @Test(arguments: ranks) func bytesAreCountedExactly(ranks: Int) throws {
    try onRanks(ranks) { cluster in
      let slices = Slices(count: 1000, ranks: cluster.ranks)
      var vector = [Scalar](repeating: 1, count: 1000)
      var span = vector.mutableSpan
      try cluster.reduceScatter(&span, slices, present: true)
      try cluster.allGather(&span, slices)
      var sums = [Double](repeating: 1, count: 5)
      var sumSpan = sums.mutableSpan
      try cluster.sum(&sumSpan, present: true)
      let exchange = Exchange(rank: cluster.rank, ranks: cluster.ranks)
      for message in exchange.outgoing { message.append(UInt32(7)) }
      try cluster.exchange(exchange)

      let (size, own) = (MemoryLayout<Scalar>.size, slices[cluster.rank].count)
      let others = cluster.ranks - 1
      let rounds = cluster.ranks.trailingZeroBitCount
      func bytes(_ kind: CollectiveKind) -> [Int] {
        [cluster.traffic[kind].sentBytes, cluster.traffic[kind].receivedBytes]
      }
      let expected: [(CollectiveKind, [Int])] = [
        (.reduceScatter, [size * (1000 - own), size * own * others]),
        (.allGather, [size * own * others, size * (1000 - own)]),
        (.sum, [rounds * 5 * 8, rounds * 5 * 8]), (.exchange, [others * 4, others * 4]),
      ]
      for (kind, expected) in expected {
        try expect(bytes(kind) == expected, "\(kind): \(bytes(kind)), expected \(expected)")
      }
      let total = cluster.traffic.total
      try expect(total.calls == 4 && total.seconds > 0, "total: \(total)")
      let sent = CollectiveKind.allCases.reduce(0) { $0 + bytes($1)[0] }
      try expect(total.sentBytes == sent, "total: \(total)")
    }
  }

  @Test func oneProcessEqualsTheNaiveTree() throws {
    let cluster = SingleProcess()
    #expect(cluster.ranks == 1 && cluster.rank == 0 && cluster.hosts == [HostName.current])
    for seed in 1...UInt64(100) {
      try RandomSequence(seed: seed, calls: 50).run(on: cluster)
    }
    try cluster.agree(on: "configuration", "a")
    cluster.close()
    #expect(cluster.traffic == Traffic())
  }
}
