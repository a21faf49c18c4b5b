/// The messages that one rank sends and receives in one round of a collective.
///
/// Reused from call to call, so that nothing is allocated once its lists have grown.
final class Transfer {
  /// A message to another rank; the memory must not change until the transfer is complete.
  struct Send {
    let rank: Int
    let bytes: UnsafeRawBufferPointer
  }

  /// A message from another rank, into memory that has room for it or into one that grows.
  struct Receive {
    let rank: Int
    /// The room for a message whose largest length is known.
    let room: UnsafeMutableRawBufferPointer
    /// The buffer for a message of unknown length.
    let buffer: MessageBuffer?
    /// The bytes received so far.
    var received = 0
    var isComplete = false

    /// The address of `size` more bytes, which the buffer is extended by.
    func next(_ size: Int) -> UnsafeMutableRawPointer? {
      if let buffer { return buffer.extend(by: size) }
      precondition(
        received + size <= room.count,
        "Transfer: \(received + size) bytes from rank \(rank), expected at most \(room.count)")
      return room.baseAddress.map { $0 + received }
    }
  }

  /// Distinguishes the messages of different collectives between the same ranks.
  private(set) var tag = 0
  private(set) var sends: [Send] = []
  var receives: [Receive] = []
  /// The messages that the receivers do not have yet, where the transport counts them.
  var pendingSends = 0
  /// What the transport keeps for this transfer.
  var requests: AnyObject?

  /// Forgets all messages.
  func reset(tag: Int) {
    self.tag = tag
    sends.removeAll(keepingCapacity: true)
    receives.removeAll(keepingCapacity: true)
    pendingSends = 0
  }

  func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) {
    sends.append(Send(rank: rank, bytes: bytes))
  }

  func receive(from rank: Int, into room: UnsafeMutableRawBufferPointer) {
    receives.append(Receive(rank: rank, room: room, buffer: nil))
  }

  func receive(from rank: Int, into buffer: MessageBuffer) {
    buffer.clear()
    let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    receives.append(Receive(rank: rank, room: none, buffer: buffer))
  }

  /// The other ranks, rank ^ 1, rank ^ 2, …: in this order no rank is first for all others.
  func peers(of rank: Int, ranks: Int) -> some Sequence<Int> {
    (1..<max(ranks, 1)).lazy.map { rank ^ $0 }
  }
}
