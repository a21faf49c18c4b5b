import LinearAlgebra

/// Where a pass finds a batch's vectors of one table: vector `b` is row `indices[b]` of some rows.
struct TableLookup {
  let indices: UnsafePointer<UInt32>
  let rows: MatrixView

  /// The vector that row `b` of the batch looks up.
  @inline(__always)
  func vector(_ b: Int) -> UnsafePointer<Scalar> { UnsafePointer(rows.row(Int(indices[b]))) }
}

extension Parameter {
  /// Among the touched values, which a training step has fetched, or else in the table itself.
  func lookup(_ ids: UnsafePointer<UInt32>, _ pass: Pass) -> TableLookup {
    guard let touched, pass != .evaluation else {
      return TableLookup(indices: ids, rows: value.view)
    }
    return TableLookup(indices: touched.slots, rows: touchedValues.view)
  }
}
