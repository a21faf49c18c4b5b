import ClickData

/// Some rows of a training batch, by their places in the training split, for messages.
public struct BatchRows: Equatable, Sendable {
  /// The first few, counted from 0 in the order of reading, as `sfg eval --predictions` counts.
  public let places: [UInt64]
  /// All of them.
  public let count: Int

  private static let most = 5

  /// The rows of a batch of which something holds; nil where it holds of none.
  init?(_ batch: EncodedBatch, where holds: (Int) -> Bool = { _ in true }) {
    let rows = (0..<batch.rows).filter(holds)
    guard !rows.isEmpty else { return nil }
    places = rows.prefix(Self.most).map { batch.positions[$0] }
    count = rows.count
  }
}

extension BatchRows: CustomStringConvertible {
  /// The rows as a sentence has them.
  public var description: String {
    let shown = places.map { "\($0)" }.joined(separator: ", ")
    let rest = count - places.count
    return
      "\(count == 1 ? "row" : "rows") \(shown)\(rest > 0 ? " and \(rest) more" : "") of dataset.train"
  }
}
