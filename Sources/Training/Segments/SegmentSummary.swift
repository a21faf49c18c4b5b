/// What is printed of the segments of one column: the largest ones, and the mean AUC of all.
public struct SegmentSummary: Equatable, Sendable {
  /// The number of segments that are kept.
  public static let kept = 20

  /// The number of segments.
  public private(set) var count = 0
  /// The segments with most rows, the largest first; ties in the order of their values.
  public private(set) var largest: [Segment] = []
  /// The mean AUC.
  public private(set) var grouped = GroupedAUC()

  /// No segments.
  public init() {}

  /// Adds a segment; they come in the order of their values.
  public mutating func add(_ segment: Segment) {
    count += 1
    grouped.add(rows: segment.rows, auc: segment.auc)
    guard largest.count < Self.kept || segment.rows > largest[Self.kept - 1].rows else { return }
    let place = largest.firstIndex { $0.rows < segment.rows } ?? largest.count
    largest.insert(segment, at: place)
    if largest.count > Self.kept { largest.removeLast() }
  }
}
