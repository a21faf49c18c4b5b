import Glibc

/// The messages of one rank of a `ThreadedCluster`, with the faults injected into it.
final class ThreadTransport: Transport {
  let rank: Int
  private let board: Switchboard
  private let faults: [ThreadedCluster.Fault]
  private var rounds = 0
  private var isReported = false

  init(_ board: Switchboard, rank: Int, faults: [ThreadedCluster.Fault]) {
    self.board = board
    self.rank = rank
    self.faults = faults
  }

  var hosts: [String] { board.hosts }

  func note(waitingFor tag: Int?) {}

  func start(_ transfer: Transfer) throws {
    for fault in faults {
      switch fault {
      case .kill(rank, rounds):
        // Before the memory of its messages is freed: no rank copies from it after a failure.
        _ = board.fail(rank, .ended)
        throw ThreadedCluster.Killed()
      case .delay(rank, let range, let seconds) where range.contains(rounds):
        usleep(UInt32(seconds * 1e6))
      default: break
      }
    }
    rounds += 1
    try board.post(transfer, from: rank)
  }

  func poll(_ transfer: Transfer) throws -> Bool { try board.collect(transfer, for: rank) }

  /// Receivers copy whatever the sender does meanwhile.
  func continueInBackground(_ transfer: Transfer) {}

  func abandon(_ reason: ClusterFailure.Reason) -> ClusterFailure { board.fail(rank, reason) }

  func claimReport() -> Bool {
    defer { isReported = true }
    return !isReported
  }

  func close() {}
}
