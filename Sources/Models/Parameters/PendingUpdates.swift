/// Updates of a table's rows that wait until somebody reads the rows.
public protocol PendingUpdates: AnyObject {
  /// Makes those of the rows that a batch touches, on the calling thread.
  func finishTouchedRows()
  /// Makes all of them, on a pool's threads: not to be called from a pool's task.
  func finish()
}
