import LinearAlgebra
import Platform

/// What training exchanges between ranks; every rank makes the same calls in the same order.
///
/// Used by one thread at a time, except for `abandon`. Each call throws `ClusterFailure` within
/// seconds after a rank has failed, and every later call does too. Sums combine the ranks' parts in
/// a balanced binary tree, `((0+1)+(2+3))`, so that their bits do not depend on the transport. In
/// steady state nothing is allocated.
public protocol Collectives: AnyObject, Sendable {
  /// This process's number, from 0.
  var rank: Int { get }
  /// The number of processes R, a power of two.
  var ranks: Int { get }
  /// The names of all ranks' hosts, by rank.
  var hosts: [String] { get }
  /// What this rank has sent and received so far.
  var traffic: Traffic { get }

  /// Replaces the values by their sums over all ranks that are present; all ranks get the same
  /// bits.
  ///
  /// An absent rank's values are skipped, not added. Returns whether any rank is present; if none
  /// is, the values become 0. log₂ R rounds of all values: for short vectors.
  @discardableResult
  func sum(_ values: inout MutableSpan<Double>, present: Bool) throws -> Bool

  /// Sums a long vector over all ranks that are present, and leaves each slice with its owner.
  ///
  /// Afterwards the own slice has the sums, 0 if no rank is present; the other slices are
  /// undefined. For W elements a rank sends those of the other slices, W·(R−1)/R if they are even.
  func reduceScatter(_ vector: inout MutableSpan<Scalar>, _ slices: Slices, present: Bool) throws

  /// Fills each slice of a vector with its owner's elements.
  func allGather(_ vector: inout MutableSpan<Scalar>, _ slices: Slices) throws

  /// Begins to send the outgoing messages; several exchanges may be under way.
  func begin(_ exchange: Exchange) throws

  /// Waits until all incoming messages of an exchange that was begun are there.
  func finish(_ exchange: Exchange) throws

  /// Replaces the message on every rank by that of `root`.
  func broadcast(_ message: MessageBuffer, from root: Int) throws

  /// Copies every rank's message to rank 0, into `messages` by rank; unused on other ranks.
  func gather(_ message: MessageBuffer, into messages: [MessageBuffer]) throws

  /// Waits until every rank has called it.
  func barrier() throws

  /// Makes this rank's failure known to the others and returns what all ranks shall throw.
  ///
  /// That is the first failure, which may be another rank's. May be called by any thread.
  func abandon(with message: String, status: FailureStatus) -> ClusterFailure

  /// Whether the caller shall print a failure that was thrown: true once, on one rank.
  ///
  /// False where it has been printed already: over MPI the first failure is printed at once by a
  /// thread that no call of MPI can hold up.
  func claimReport(of failure: ClusterFailure) -> Bool

  /// Notes that all ranks are about to end for a reason that all know: the end of one is not
  /// printed.
  func expectEnd()

  /// Waits for all ranks and ends the exchange of messages; no call may follow.
  func close() throws
}

extension Collectives {
  /// Exchanges messages between all pairs of ranks, and waits for them.
  public func exchange(_ exchange: Exchange) throws {
    try begin(exchange)
    try finish(exchange)
  }

  /// Throws the same failure on every rank unless all ranks have the same text as rank 0.
  ///
  /// The failure names the first rank that differs, its host, and both texts: "rank 1 on host b:
  /// `subject` is …, expected … as on rank 0". Called once at the start; it allocates.
  public func agree(on subject: String, _ fingerprint: String) throws {
    let own = MessageBuffer()
    own.append(fingerprint)
    let all = (0..<ranks).map { _ in MessageBuffer() }
    try gather(own, into: all)
    // The verdict: empty, or the rank that differs and its text.
    let verdict = MessageBuffer()
    if rank == 0, let other = all.indices.first(where: { all[$0].text != fingerprint }) {
      verdict.append("\(other) \(fingerprint.utf8.count) \(fingerprint)\(all[other].text)")
    }
    try broadcast(verdict, from: 0)
    guard verdict.count > 0 else { return }
    let parts = verdict.text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let other = Int(parts[0]), let length = Int(parts[1]) else {
      preconditionFailure("Collectives: unreadable verdict \"\(verdict.text)\"")
    }
    let texts = parts[2].utf8
    // The first rank to end must not be taken for the failure by one that has not thrown yet.
    expectEnd()
    try barrier()
    throw ClusterFailure(
      rank: other, host: hosts[other],
      reason: .disagrees(
        subject: subject, found: String(decoding: texts.dropFirst(length), as: UTF8.self),
        expected: String(decoding: texts.prefix(length), as: UTF8.self)))
  }

  /// Runs the work of this rank; makes a failure known to all ranks, and throws the one that all
  /// throw.
  ///
  /// The other ranks throw it from their next call. Closes the exchange after success.
  public func running<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      try close()
      return result
    } catch let failure as ClusterFailure {
      throw failure
    } catch let failure as any Failure {
      guard ranks > 1 else { throw failure }
      throw abandon(with: failure.description, status: failure.status)
    }
  }
}
