import Platform

/// Counts the bad rows of one pass under a policy, and keeps the first five messages.
///
/// One thread records while another may look.
final class BadRowLedger {
  private let policy: DatasetSettings.BadRowPolicy
  private let limit: Int
  private let monitor = Monitor()
  private var count = 0
  private var messages: [String] = []
  private static let shown = 5

  init(_ settings: DatasetSettings) {
    policy = settings.onBadRow
    limit = settings.maxBadRows
  }

  /// Takes note of a bad row, or throws where the policy allows no more.
  func record(_ failure: DataFailure) throws {
    guard policy == .skip else { throw failure }
    try monitor.locked {
      count += 1
      guard count <= limit else {
        throw DataFailure.tooManyBadRows(limit: limit, last: failure.finding)
      }
      if messages.count < Self.shown { messages.append(failure.finding) }
    }
  }

  /// The count so far, and the first five messages.
  var snapshot: (count: Int, messages: [String]) { monitor.locked { (count, messages) } }
}
