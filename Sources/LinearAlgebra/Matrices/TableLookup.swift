/// Where a batch's vectors of one table lie: vector `b` is row `indices[b]` of some rows.
public struct TableLookup {
  let indices: UnsafePointer<UInt32>
  let rows: MatrixView

  /// Names the rows that a batch looks up; whoever asks keeps both alive.
  public init(indices: UnsafePointer<UInt32>, rows: MatrixView) {
    self.indices = indices
    self.rows = rows
  }

  /// Elements of a vector.
  public var width: Int { rows.columns }

  /// These vectors, each with that of `other` that lies right behind it; nil where they do not lie so.
  public func joined(with other: TableLookup) -> TableLookup? {
    let (rows, behind) = (rows, other.rows)
    guard
      other.indices == indices, behind.stride == rows.stride, behind.rows == rows.rows,
      behind.base == rows.base + rows.columns
    else { return nil }
    return TableLookup(
      indices: indices,
      rows: MatrixView(
        base: rows.base, rows: rows.rows, columns: rows.columns + behind.columns,
        stride: rows.stride))
  }

  /// The vector that row `b` of the batch looks up.
  @inline(__always)
  public func vector(_ b: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(rows.row(Int(indices[b])))
  }
}
