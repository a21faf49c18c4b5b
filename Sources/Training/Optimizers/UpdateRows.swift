import LinearAlgebra

/// Rows of a table that lie apart, each with its history wherever that lies, and their gradients side by side.
struct UpdateRows {
  let parameter: OptimizedParameter
  /// The rows' first moments; the second ones lie `momentStride` elements further on.
  let moments: MatrixView
  let momentStride: Int
  /// Row `slot` is the gradient of the table's row `tableRows[slot]`.
  let gradients: MatrixView
  let tableRows: UnsafePointer<UInt32>
  /// The rows meant.
  let slots: Range<Int>

  /// Each row as a span, in the order of the slots.
  @inline(__always)
  func forEachSpan(_ body: (UpdateSpan) -> Void) {
    let values = parameter.values
    for slot in slots {
      parameter.prefetch(Int(tableRows[min(slot + Prefetch.farDistance, gradients.rows - 1)]))
      let row = Int(tableRows[slot])
      body(
        UpdateSpan(
          value: values.row(row), gradient: gradients.row(slot), moments: moments.row(row),
          momentStride: momentStride, count: values.columns, rowWidth: values.columns))
    }
  }
}
