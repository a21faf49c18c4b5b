/// The fields of a source that an interaction reads.
///
/// A sum over pairs `i < j` with the source on the left never reads its last field, and with the
/// source on the right never its first one. What is generated for such a field has no gradient,
/// and is no part of a representation.
public enum SourceFields: Sendable {
  /// All fields.
  case all
  /// The fields `i` of pairs `i < j`: all but the last.
  case left
  /// The fields `j` of pairs `i < j`: all but the first.
  case right

  /// The indices among `count` fields.
  public func range(of count: Int) -> Range<Int> {
    switch self {
    case .all: 0..<count
    case .left: 0..<max(count - 1, 0)
    case .right: min(1, count)..<count
    }
  }
}
