import Platform

/// Counts the rows of one pass over text, and its bad rows under a policy.
///
/// One thread records while another one may take snapshots.
final class RowLedger {
  /// So many bad rows at the start of a pass are those of a wrong format.
  private static let manyRows = 1000

  private let policy: DatasetSettings.BadRowPolicy
  private let limit: BadRowLimit
  private let split: String
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var bad = BadRows()
  private var progress = (rows: 0, bytes: 0)
  private var found = RowFindings()

  /// Opens a ledger for the rows that messages call `split`.
  init(_ settings: DatasetSettings, split: String) {
    policy = settings.onBadRow
    limit = settings.maxBadRows
    self.split = split
  }

  /// Records a bad row, the last of `rows` so far, or throws where the policy allows no more.
  func record(_ failure: DataFailure, rows: Int) throws {
    guard policy == .skip else { throw failure }
    try monitor.locked {
      bad.add(failure.finding)
      guard limit.isCertain(after: rows), !limit.allows(bad.count, of: rows) else { return }
      // A log may begin with a few bad rows.
      if bad.count == rows, rows >= Self.manyRows { throw DataFailure.allRowsBad(bad, of: split) }
      throw DataFailure.tooManyBadRows(bad, rows: rows, limit: limit, last: failure.finding)
    }
  }

  /// Records that a chunk of `bytes`, as stored, was read to its end; `rows` are those so far.
  func advance(rows: Int, bytes: Int) {
    monitor.locked { progress = (rows, progress.bytes + bytes) }
  }

  /// Throws where the share of bad rows in the whole pass is too large, or all are bad.
  func judge() throws {
    let bad = badRows
    let rows = monitor.locked { progress.rows }
    guard bad.count > 0 else { return }
    guard bad.count < rows else { throw DataFailure.allRowsBad(bad, of: split) }
    guard limit.allows(bad.count, of: rows) else {
      throw DataFailure.badRowShare(bad, rows: rows, limit: limit, of: split)
    }
  }

  /// What the good rows of the chunks so far have in common.
  var findings: RowFindings {
    get { monitor.locked { found } }
    set { monitor.locked { found = newValue } }
  }

  /// The bad rows so far.
  var badRows: BadRows { monitor.locked { bad } }

  /// The good rows of the chunks that were read to their end, and the bytes of those chunks.
  var read: (rows: Int, bytes: Int) {
    monitor.locked { (progress.rows - bad.count, progress.bytes) }
  }
}
