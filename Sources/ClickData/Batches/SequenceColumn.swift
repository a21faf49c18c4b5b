/// The values of one sequence field in a batch, row after row: row r has those at `starts[r]..<starts[r + 1]`.
///
/// Each has an id and a weight, which holds what a mean divides by: the row's vector is `Σ weight · E[id]`. A row without a
/// value has one all the same, row 0 of the table with weight 1. A batch owns the memory.
public struct SequenceColumn {
  /// The rows of the field's table.
  public let ids: UnsafeMutablePointer<UInt32>
  /// What their vectors are multiplied by.
  public let weights: UnsafeMutablePointer<Float>
  /// Where the values of each row begin, and the end of the last row's.
  public let starts: UnsafeMutablePointer<Int>

  init(rows: Int, mostValues: Int) {
    ids = .allocate(capacity: rows * mostValues)
    ids.initialize(repeating: 0, count: rows * mostValues)
    weights = .allocate(capacity: rows * mostValues)
    weights.initialize(repeating: 0, count: rows * mostValues)
    starts = .allocate(capacity: rows + 1)
    starts.initialize(repeating: 0, count: rows + 1)
  }

  func deallocate() {
    ids.deallocate()
    weights.deallocate()
    starts.deallocate()
  }

  /// The places of a row's values.
  @inline(__always)
  public func places(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }
}
