import LinearAlgebra

extension Parameter {
  /// Among the touched values, which a training step has fetched, with the zeros between them, or else in the table itself.
  func lookup(_ ids: UnsafePointer<UInt32>, _ pass: Pass) -> TableLookup {
    guard let touched, pass != .evaluation else {
      return TableLookup(indices: ids, rows: value.view)
    }
    return TableLookup(indices: touched.slots, rows: touchedValues.view.wholeRows)
  }
}
