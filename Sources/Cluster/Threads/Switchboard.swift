import Platform

/// Where the ranks of a `ThreadedCluster` leave messages for each other.
///
/// A message is not buffered: it counts as sent once the receiver has copied it, as a long one does
/// under MPI. A sequence of calls that would deadlock there does so here.
final class Switchboard: @unchecked Sendable {
  private struct Letter {
    let source: Int
    let bytes: UnsafeRawBufferPointer
    let transfer: Transfer
  }

  let hosts: [String]
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var letters: [[Letter]]
  private var failure: ClusterFailure?
  private var hasLeft: [Bool]

  init(hosts: [String]) {
    self.hosts = hosts
    letters = Array(repeating: [], count: hosts.count)
    hasLeft = Array(repeating: false, count: hosts.count)
  }

  /// Posts the messages of a transfer.
  func post(_ transfer: Transfer, from rank: Int) throws {
    try monitor.locked {
      if let failure { throw failure }
      transfer.pendingSends = transfer.sends.count
      for send in transfer.sends {
        letters[send.rank].append(Letter(source: rank, bytes: send.bytes, transfer: transfer))
      }
    }
  }

  /// Receives what has been posted; true once the transfer is complete.
  func collect(_ transfer: Transfer, for rank: Int) throws -> Bool {
    try monitor.locked {
      if let failure { throw failure }
      var isComplete = true
      for index in transfer.receives.indices where !transfer.receives[index].isComplete {
        let source = transfer.receives[index].rank
        let place = letters[rank].firstIndex {
          $0.source == source && $0.transfer.tag == transfer.tag
        }
        if let place {
          let letter = letters[rank].remove(at: place)
          copy(letter.bytes, to: &transfer.receives[index])
          letter.transfer.pendingSends -= 1
        } else if hasLeft[source] {
          throw record(source, .ended)
        } else {
          isComplete = false
        }
      }
      return isComplete && transfer.pendingSends == 0
    }
  }

  /// Records a rank's failure and returns the first one.
  func fail(_ rank: Int, _ reason: ClusterFailure.Reason) -> ClusterFailure {
    monitor.locked { record(rank, reason) }
  }

  /// Notes that a rank sends nothing more, and drops what was not received of it.
  func leave(_ rank: Int) {
    monitor.locked {
      hasLeft[rank] = true
      for target in letters.indices { letters[target].removeAll { $0.source == rank } }
    }
  }

  private func record(_ rank: Int, _ reason: ClusterFailure.Reason) -> ClusterFailure {
    let first = failure ?? ClusterFailure(rank: rank, host: hosts[rank], reason: reason)
    failure = first
    return first
  }

  private func copy(_ bytes: UnsafeRawBufferPointer, to receive: inout Transfer.Receive) {
    if let source = bytes.baseAddress, let place = receive.next(bytes.count) {
      place.copyMemory(from: source, byteCount: bytes.count)
    }
    receive.received = bytes.count
    receive.isComplete = true
  }
}
