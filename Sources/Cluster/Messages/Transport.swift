import Platform

/// Moves messages between ranks; all collectives are built from this.
///
/// Messages between two ranks with one tag arrive in the order in which they were sent.
protocol Transport: AnyObject {
  /// This rank.
  var rank: Int { get }
  /// The names of all ranks' hosts, by rank.
  var hosts: [String] { get }

  /// Tells the watchdog that this rank waits within the collective with this tag, or no longer.
  func note(waitingFor tag: Int?)
  /// Posts all messages of a transfer without waiting; throws if a rank has failed.
  func start(_ transfer: Transfer) throws
  /// Moves what can be moved without waiting; true once all has been sent and received.
  ///
  /// Throws `ClusterFailure` if any rank has failed.
  func poll(_ transfer: Transfer) throws -> Bool
  /// Moves a started transfer while the rank computes, if the transport can.
  func continueInBackground(_ transfer: Transfer)
  /// Makes this rank's failure known to all, and returns the failure that all ranks throw: the
  /// first one.
  func abandon(_ reason: ClusterFailure.Reason) -> ClusterFailure
  /// Whether this rank has not printed a failure yet; true once.
  func claimReport() -> Bool
  /// Ends the exchange of messages, when no rank needs another.
  func close() throws
}

extension Transport {
  /// Waits until a started transfer is complete.
  func wait(for transfer: Transfer) throws {
    note(waitingFor: transfer.tag)
    let patience = Patience()
    while try !poll(transfer) { patience.pause() }
    note(waitingFor: nil)
  }
}
