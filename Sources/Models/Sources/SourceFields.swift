import LinearAlgebra

/// The fields of a source that an interaction reads.
///
/// A sum over pairs `i < j` with the source on the left never reads its last field, and with the
/// source on the right never its first one. Such a field need not be generated: a source may have
/// all fields, or those that are read alone.
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

  /// The fields among `count` that are generated: those that are read, or all where no pair is.
  func generated(of count: Int) -> Range<Int> {
    let read = range(of: count)
    return read.isEmpty ? 0..<count : read
  }

  /// The index in a source of its first field that is read; the source has all of `count` fields,
  /// or those that are read alone.
  func first(in fields: Int, of count: Int) -> Int {
    let read = range(of: count)
    precondition(
      fields == count || fields == read.count,
      "SourceFields: a source of \(fields) fields, expected \(count) or \(read.count)")
    return fields == count ? read.lowerBound : 0
  }

  /// The vectors that are read, of a source beside a target of `count` fields: `[batch, read ·
  /// dimension]`.
  func vectors(of source: FieldTensor, among count: Int) -> MatrixView {
    let start = first(in: source.fields, of: count) * source.dimension
    return source.flattened.columns(start..<start + range(of: count).count * source.dimension)
  }

  /// The vectors of field `index` of the target's `count` fields, which the source has.
  func field(_ index: Int, of source: FieldTensor, among count: Int) -> MatrixView {
    let shift = first(in: source.fields, of: count) - range(of: count).lowerBound
    return source.field(index + shift)
  }
}

extension FieldTensor {
  /// Whether this is a source of pairs with a target: of its fields, or of one less.
  func pairs(with target: FieldTensor) -> Bool {
    batch == target.batch && dimension == target.dimension
      && (fields == target.fields || fields == target.fields - 1)
  }
}
