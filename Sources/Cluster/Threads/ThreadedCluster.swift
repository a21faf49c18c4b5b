import Platform

/// Runs several ranks as threads of one process, so that what they do can be tested without MPI.
public enum ThreadedCluster {
  /// A fault that a test injects into one rank.
  public enum Fault: Sendable {
    /// The rank ends at its n-th message round, from 0, as a killed process does.
    case kill(rank: Int, round: Int)
    /// The rank sleeps before each round in `rounds`.
    case delay(rank: Int, rounds: Range<Int>, seconds: Double)
  }

  /// What ends a rank in place of `SIGKILL`.
  public struct Killed: Error {}

  /// Runs `body` on every rank, and returns what each returned or threw, by rank.
  ///
  /// The hosts are called host0, host1, …  A rank whose `body` throws anything but a
  /// `ClusterFailure` ends as if its process had ended.
  public static func run<Value: Sendable>(
    ranks: Int, faults: [Fault] = [],
    _ body: @Sendable @escaping (any Collectives) throws -> Value
  ) throws -> [Result<Value, any Error>] {
    let board = Switchboard(hosts: (0..<ranks).map { "host\($0)" })
    let threads = try (0..<ranks).map { rank in
      try BackgroundResult<Result<Value, any Error>> {
        let transport = ThreadTransport(board, rank: rank, faults: faults)
        let result = Result { try body(RankCollectives(transport)) }
        // Only now: messages of a rank point into memory that its body may own.
        if case .failure(let error) = result, !(error is ClusterFailure) {
          _ = board.fail(rank, .ended)
        }
        board.leave(rank)
        return result
      }
    }
    return try threads.map { try $0.value() }
  }
}
