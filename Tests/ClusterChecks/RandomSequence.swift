import Cluster
import Platform

/// A random sequence of calls of all kinds, with exchanges under way across other calls.
public struct RandomSequence {
  private let seed: UInt64
  private let calls: Int
  private let longest: Int

  /// A sequence of `calls` calls whose messages have up to `longest` bytes.
  public init(seed: UInt64, calls: Int, longest: Int = 5000) {
    self.seed = seed
    self.calls = calls
    self.longest = longest
  }

  /// Makes the calls on one rank and checks their results.
  public func run(on cluster: any Collectives) throws {
    let choices = CounterRandom(seed: seed, stream: 0)
    let exchanges = (0..<3).map { _ in Exchange(rank: cluster.rank, ranks: cluster.ranks) }
    /// The calls with which exchanges under way began, the oldest first.
    var begun: [(exchange: Exchange, call: UInt64)] = []
    for call in 1...UInt64(calls) {
      switch choices.bits(call) % 7 {
      case 0: try CollectiveChecks.sum(cluster, seed: seed, call: call)
      case 1:
        try CollectiveChecks.slicedSum(cluster, seed: seed, call: call, longest: longest / 8)
      case 2: try CollectiveChecks.broadcast(cluster, seed: seed, call: call)
      case 3: try CollectiveChecks.gather(cluster, seed: seed, call: call)
      case 4: try cluster.barrier()
      case 5 where begun.count < exchanges.count:
        guard let free = exchanges.first(where: { one in !begun.contains { $0.exchange === one } })
        else { preconditionFailure("RandomSequence: no free exchange") }
        CollectiveChecks.fill(free, cluster, seed: seed, call: call, longest: longest)
        try cluster.begin(free)
        begun.append((free, call))
      default:
        // Any of the exchanges under way: they need not finish in the order in which they began.
        guard !begun.isEmpty else { continue }
        let place = Int(choices.bits(1_000_000 + call) % UInt64(begun.count))
        try finish(begun.remove(at: place), cluster)
      }
    }
    while !begun.isEmpty { try finish(begun.removeFirst(), cluster) }
  }

  private func finish(
    _ begun: (exchange: Exchange, call: UInt64), _ cluster: any Collectives
  ) throws {
    try cluster.finish(begun.exchange)
    try CollectiveChecks.delivered(
      begun.exchange, cluster, seed: seed, call: begun.call, longest: longest)
  }
}
