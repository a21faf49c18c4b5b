import LinearAlgebra

extension OptimizedParameter {
  /// Elements of a dense parameter where they lie.
  @inline(__always)
  func span(_ elements: Range<Int>) -> UpdateSpan {
    UpdateSpan(
      value: values.base + elements.lowerBound,
      gradient: parameter.gradient.base + elements.lowerBound,
      moments: state.base + elements.lowerBound * momentWidth, momentStride: state.columns,
      count: elements.count, rowWidth: width)
  }

  /// The table rows of some slots, as far as a batch filled them.
  @inline(__always)
  func touchedRows(_ slots: Range<Int>) -> UpdateRows? {
    guard let touched, slots.lowerBound < touched.count else { return nil }
    return UpdateRows(
      parameter: self, moments: moments.first ?? values,
      momentStride: moments.count < 2 ? 0 : moments[1].base - moments[0].base,
      gradients: parameter.gradient.view.rows(0..<touched.count), tableRows: touched.rows,
      slots: slots.lowerBound..<min(slots.upperBound, touched.count))
  }

  /// Asks for a row that an update will change soon, and its history.
  @inline(__always)
  func prefetch(_ row: Int) {
    for piece in pieces { Prefetch.farRow(piece.row(row), count: piece.columns) }
  }

  /// The squared norms of the rows that have a gradient, among some.
  func squaredNorms(of rows: Range<Int>) -> SquaredNorms {
    let active = rows.lowerBound..<max(rows.lowerBound, min(rows.upperBound, activeRows))
    let values = touched == nil ? self.values : parameter.touchedValues.view
    // Zeros between gathered rows add nothing.
    let stride = touched == nil ? 1 : values.stride
    let tileRows = UpdateTask.tileRows(width: width)
    var norms = SquaredNorms()
    for start in Swift.stride(from: active.lowerBound, to: active.upperBound, by: tileRows) {
      let first = start * stride
      let gradient = parameter.gradient.base + first
      let count = min(tileRows, active.upperBound - start) * stride
      if decay == 0 {
        norms.gradient += VectorKernels.sumOfSquares(gradient, count: count)
      } else {
        norms.add(
          gradient: gradient, value: values.base + first, decay: Scalar(decay), count: count)
      }
    }
    return norms
  }
}
