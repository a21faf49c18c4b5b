/// One message from each rank to each rank, of any lengths, and the memory for them.
///
/// Fill `outgoing`, then `begin` and `finish` it on every rank; the memory is reused by the next
/// exchange with the same object. Neither side may change while the exchange is under way.
public final class Exchange {
  /// The messages to send, by receiving rank.
  public let outgoing: [MessageBuffer]
  private let received: [MessageBuffer]
  private let rank: Int
  /// The messages under way, which the transport moves.
  let transfer = Transfer()
  /// The bytes received, once the exchange has finished.
  var receivedBytes: Int { received.reduce(0) { $0 + $1.count } }

  /// Creates empty messages for one rank of several.
  public init(rank: Int, ranks: Int) {
    precondition((0..<ranks).contains(rank), "Exchange: rank \(rank) of \(ranks)")
    self.rank = rank
    outgoing = (0..<ranks).map { _ in MessageBuffer() }
    // Its own message is not sent, hence one unused buffer.
    received = (0..<ranks).map { _ in MessageBuffer() }
  }

  /// The message that a rank sent; the message to itself is not copied.
  public func incoming(from source: Int) -> MessageBuffer {
    source == rank ? outgoing[source] : received[source]
  }

  /// Empties the outgoing messages.
  public func clear() {
    for message in outgoing { message.clear() }
  }

  /// Prepares the transfer of all messages to and from other ranks.
  func prepare(tag: Int) {
    transfer.reset(tag: tag)
    for peer in transfer.peers(of: rank, ranks: outgoing.count) {
      transfer.receive(from: peer, into: received[peer])
      transfer.send(outgoing[peer].bytes, to: peer)
    }
  }
}
