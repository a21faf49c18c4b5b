/// Takes the keys of the rows of a pass.
final class KeySink: RowSink {
  private let order: RowOrderColumn
  private let body: (OrderKey) -> Void
  private let pauseAction: (_ rows: Int, _ seconds: Double) -> Void
  private var rows = 0
  private var seconds = 0.0

  /// Calls `body` with each key, and `pauseAction` after each chunk.
  init(
    _ order: RowOrderColumn, _ body: @escaping (OrderKey) -> Void,
    pauseAction: @escaping (_ rows: Int, _ seconds: Double) -> Void
  ) {
    self.order = order
    self.body = body
    self.pauseAction = pauseAction
  }

  func begin(_ layout: FileLayout) {}

  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    if let key = order.key { body(key) }
    rows += 1
    return nil
  }

  func pause(after seconds: Double) -> Bool {
    self.seconds += seconds
    pauseAction(rows, self.seconds)
    return true
  }
}
