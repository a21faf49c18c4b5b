import LinearAlgebra
import Platform

/// The collectives of one of several ranks, over any transport.
///
/// R is a power of two, so that rank ^ 2ᵏ pairs all ranks in round k: after log₂ R rounds each rank
/// has combined the parts of all in the order of the tree.
final class RankCollectives: Collectives, @unchecked Sendable {
  let rank: Int
  let ranks: Int
  let hosts: [String]
  private(set) var traffic = Traffic()

  private let transport: any Transport
  private let transfer = Transfer()
  /// Parts of other ranks.
  private let parts = MessageBuffer()
  /// The place of each rank's part of this rank's slice; nil for an absent rank.
  private var sources: [UnsafeMutablePointer<Scalar>?]
  private var isDisagreementReported = false
  /// The number of calls so far, equal on all ranks.
  private var calls = 0

  init(_ transport: any Transport) {
    self.transport = transport
    rank = transport.rank
    hosts = transport.hosts
    ranks = hosts.count
    sources = Array(repeating: nil, count: ranks)
    precondition(ranks.nonzeroBitCount == 1, "RankCollectives: \(ranks) ranks, not a power of two")
  }

  @discardableResult
  func sum(_ values: inout MutableSpan<Double>, present: Bool) throws -> Bool {
    try counted(.sum) { tag in
      try values.withUnsafeMutableBufferPointer { values in
        var present = present
        let room = parts.room(UnsafeRawBufferPointer(values).count)
        try forEachPartner { partner in
          transfer.reset(tag: tag)
          transfer.receive(from: partner, into: room)
          transfer.send(bytes(values, present), to: partner)
          try move(.sum)
          guard transfer.receives[0].received > 0 else { return }
          let others = room.assumingMemoryBound(to: Double.self)
          for index in values.indices {
            let (own, other) = (values[index], others[index])
            let sum = rank < partner ? own + other : other + own
            values[index] = present ? sum : other
          }
          present = true
        }
        if !present { values.update(repeating: 0) }
        return present
      }
    }
  }

  func reduceScatter(
    _ vector: inout MutableSpan<Scalar>, _ slices: Slices, present: Bool
  ) throws {
    check(vector.count, slices)
    try counted(.reduceScatter) { tag in
      try vector.withUnsafeMutableBufferPointer { vector in
        let own = UnsafeMutableBufferPointer(rebasing: vector[slices[rank]])
        let room = parts.room(ranks * UnsafeRawBufferPointer(own).count)
        let places = room.assumingMemoryBound(to: Scalar.self)
        transfer.reset(tag: tag)
        for peer in transfer.peers(of: rank, ranks: ranks) {
          let place = places[peer * own.count..<(peer + 1) * own.count]
          transfer.receive(
            from: peer, into: UnsafeMutableRawBufferPointer(.init(rebasing: place)))
          let slice = UnsafeMutableBufferPointer(rebasing: vector[slices[peer]])
          transfer.send(bytes(slice, present), to: peer)
        }
        try move(.reduceScatter)
        guard let ownAddress = own.baseAddress, let base = places.baseAddress, !own.isEmpty else {
          return
        }
        sources[rank] = present ? ownAddress : nil
        for receive in transfer.receives {
          sources[receive.rank] = receive.received > 0 ? base + receive.rank * own.count : nil
        }
        combine(own.count)
        guard let sum = sources[0] else { return own.update(repeating: 0) }
        if sum != ownAddress { ownAddress.update(from: sum, count: own.count) }
      }
    }
  }

  func allGather(_ vector: inout MutableSpan<Scalar>, _ slices: Slices) throws {
    check(vector.count, slices)
    try counted(.allGather) { tag in
      try vector.withUnsafeMutableBufferPointer { vector in
        func slice(_ rank: Int) -> UnsafeMutableRawBufferPointer {
          UnsafeMutableRawBufferPointer(.init(rebasing: vector[slices[rank]]))
        }
        transfer.reset(tag: tag)
        for peer in transfer.peers(of: rank, ranks: ranks) {
          transfer.receive(from: peer, into: slice(peer))
          transfer.send(UnsafeRawBufferPointer(slice(rank)), to: peer)
        }
        try move(.allGather)
      }
    }
  }

  func begin(_ exchange: Exchange) throws {
    try counted(.exchange) { tag in
      exchange.prepare(tag: tag)
      try transport.start(exchange.transfer)
      transport.continueInBackground(exchange.transfer)
      countSent(.exchange, exchange.transfer)
    }
  }

  func finish(_ exchange: Exchange) throws {
    let stopwatch = Stopwatch()
    try transport.wait(for: exchange.transfer)
    traffic[.exchange].receivedBytes += exchange.receivedBytes
    traffic[.exchange].seconds += stopwatch.seconds
  }

  func broadcast(_ message: MessageBuffer, from root: Int) throws {
    try counted(.broadcast) { tag in
      // Ranks are renumbered so that the root is 0: in round k, each rank below 2ᵏ sends.
      let place = rank ^ root
      var step = 1
      while step < ranks {
        transfer.reset(tag: tag)
        if place < step {
          transfer.send(message.bytes, to: (place + step) ^ root)
        } else if place < 2 * step {
          transfer.receive(from: (place - step) ^ root, into: message)
        }
        try move(.broadcast)
        step *= 2
      }
    }
  }

  func gather(_ message: MessageBuffer, into messages: [MessageBuffer]) throws {
    try counted(.gather) { tag in
      transfer.reset(tag: tag)
      if rank == 0 {
        precondition(
          messages.count == ranks, "gather: \(messages.count) messages for \(ranks) ranks")
        messages[0].clear()
        message.withElements(UInt8.self) { messages[0].append(contentsOf: $0) }
        for peer in 1..<ranks { transfer.receive(from: peer, into: messages[peer]) }
      } else {
        transfer.send(message.bytes, to: 0)
      }
      try move(.gather)
    }
  }

  func barrier() throws {
    try counted(.barrier) { tag in
      let none = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      try forEachPartner { partner in
        transfer.reset(tag: tag)
        transfer.receive(from: partner, into: none)
        transfer.send(UnsafeRawBufferPointer(none), to: partner)
        try move(.barrier)
      }
    }
  }

  func abandon(with message: String, status: FailureStatus) -> ClusterFailure {
    transport.abandon(.failed(message: message, status: status))
  }

  func claimReport(of failure: ClusterFailure) -> Bool {
    guard case .disagrees = failure.reason else {
      return failure.reporter == rank && transport.claimReport()
    }
    defer { isDisagreementReported = true }
    return failure.reporter == rank && !isDisagreementReported
  }

  func expectEnd() { _ = transport.claimReport() }

  func close() throws {
    try barrier()
    try transport.close()
  }

  /// Calls `body` with the partner of each round of the tree.
  private func forEachPartner(_ body: (Int) throws -> Void) rethrows {
    var step = 1
    while step < ranks {
      try body(rank ^ step)
      step *= 2
    }
  }

  /// The message of a present or absent rank; an absent one sends nothing.
  private func bytes<Element>(
    _ values: UnsafeMutableBufferPointer<Element>, _ present: Bool
  ) -> UnsafeRawBufferPointer {
    present ? UnsafeRawBufferPointer(values) : UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Adds the ranks' parts, neighbours first, into the part of rank 0 or the first present one.
  private func combine(_ count: Int) {
    var step = 1
    while step < ranks {
      for left in stride(from: 0, to: ranks, by: 2 * step) {
        guard let right = sources[left + step] else { continue }
        guard let sum = sources[left] else {
          sources[left] = right
          continue
        }
        for index in 0..<count { sum[index] += right[index] }
      }
      step *= 2
    }
  }

  /// Runs one call of a kind with its tag, and counts it and its time.
  private func counted<Result>(_ kind: CollectiveKind, _ body: (Int) throws -> Result) throws
    -> Result
  {
    let stopwatch = Stopwatch()
    calls += 1
    traffic[kind].calls += 1
    defer { traffic[kind].seconds += stopwatch.seconds }
    return try body(CallTag(call: calls, kind: kind).value)
  }

  /// Starts the transfer, waits for it and counts its bytes.
  private func move(_ kind: CollectiveKind) throws {
    try transport.start(transfer)
    try transport.wait(for: transfer)
    countSent(kind, transfer)
    for receive in transfer.receives { traffic[kind].receivedBytes += receive.received }
  }

  private func countSent(_ kind: CollectiveKind, _ transfer: Transfer) {
    for send in transfer.sends { traffic[kind].sentBytes += send.bytes.count }
  }

  private func check(_ count: Int, _ slices: Slices) {
    precondition(
      slices.ranks == ranks && slices.count == count,
      """
      RankCollectives: \(slices.ranks) slices of \(slices.count) elements for \(ranks) ranks and \
      \(count) elements
      """)
  }
}
