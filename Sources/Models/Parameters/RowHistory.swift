import LinearAlgebra

/// How many numbers an optimizer keeps for each row of a table of some dimension, in the row's own record.
///
/// A lazy update meets few rows, at random: value and history side by side are two cache lines instead of five.
public typealias RowHistory = @Sendable (_ dimension: Int) -> Int

/// Tables whose rows follow one another without gaps.
public let noRowHistory: RowHistory = { _ in 0 }

/// The record of one row of a table: its value, then its history.
enum RowRecord {
  private static let lineElements = 64 / MemoryLayout<Scalar>.size

  /// Elements from one record to the next: whole cache lines, where that adds no more than an eighth.
  static func stride(dimension: Int, history: Int) -> Int {
    let length = dimension + history
    let whole = (length + lineElements - 1) / lineElements * lineElements
    return history > 0 && (whole - length) * 8 <= length ? whole : length
  }

  /// Elements from one row to the next where a step gathers rows: what is shorter than a cache line lies in one.
  static func gatheredStride(dimension: Int) -> Int {
    guard dimension < lineElements else { return dimension }
    var stride = 1
    while stride < dimension { stride *= 2 }
    return stride
  }
}
