import LinearAlgebra

/// The three ways to walk the rows of a task; each ends in the same rule.
extension ElementwiseOptimizer {
  /// Updates elements of a dense parameter where they lie.
  @inline(__always)
  func updateElements(
    _ rule: any UpdateRule, _ parameter: OptimizedParameter, _ elements: Range<Int>,
    _ shaping: GradientShaping
  ) {
    rule.update(
      parameter.span(elements, gradient: parameter.parameter.gradient.base), shaping)
  }

  /// Updates consecutive rows of a table where they lie and returns `Σw²` of their new values.
  ///
  /// Tile by tile, a zeroed gradient receives the touched rows' gradients.
  @inline(__always)
  func updateEveryRow(
    _ rule: any UpdateRule, _ parameter: OptimizedParameter, _ rows: Range<Int>,
    _ shaping: GradientShaping, _ scratch: MatrixView
  ) -> Double {
    let width = parameter.width
    let gradient = scratch.row(0)
    var squares = 0.0
    for tile in rows.tiles(of: UpdateTask.tileRows(width: width)) {
      gradient.update(repeating: 0, count: tile.count * width)
      parameter.copyGradients(of: tile, to: gradient)
      let elements = tile.lowerBound * width..<tile.upperBound * width
      let span = parameter.span(elements, gradient: gradient - elements.lowerBound)
      rule.update(span, shaping)
      if shaping.decay != 0 {
        squares += VectorKernels.sumOfSquares(span.value, count: span.count)
      }
    }
    return squares
  }

  /// Updates the table rows of some slots where they lie.
  @inline(__always)
  func updateTouchedRows(
    _ rule: any UpdateRule, _ parameter: OptimizedParameter, _ slots: Range<Int>,
    _ shaping: GradientShaping
  ) {
    if let rows = parameter.touchedRows(slots) { rule.update(rows, shaping) }
  }
}

extension OptimizedParameter {
  /// Elements where they lie; element `i`'s gradient is `gradient[i]`.
  @inline(__always)
  func span(_ elements: Range<Int>, gradient: UnsafePointer<Scalar>) -> UpdateSpan {
    UpdateSpan(
      value: parameter.value.base + elements.lowerBound, gradient: gradient + elements.lowerBound,
      moments: state.base + elements.lowerBound / width * momentWidth,
      momentStride: state.columns, count: elements.count, rowWidth: width)
  }

  /// The table rows of some slots, as far as a batch filled them.
  @inline(__always)
  func touchedRows(_ slots: Range<Int>) -> UpdateRows? {
    guard let touched, slots.lowerBound < touched.count else { return nil }
    let history = moments.first ?? parameter.value.view
    return UpdateRows(
      values: parameter.value.view, moments: history,
      momentStride: moments.count < 2 ? 0 : moments[1].base - moments[0].base,
      gradients: parameter.gradient.view.rows(0..<touched.count), tableRows: touched.rows,
      slots: slots.lowerBound..<min(slots.upperBound, touched.count))
  }

  /// `Σw²` of some rows, tile by tile as an update of them sums it: a resumed run meets the same bits.
  func squaredValues(of rows: Range<Int>) -> Double {
    rows.tiles(of: UpdateTask.tileRows(width: width)).reduce(0) { sum, tile in
      sum
        + VectorKernels.sumOfSquares(
          parameter.value.base + tile.lowerBound * width, count: tile.count * width)
    }
  }

  /// The squared norms of the rows that have a gradient, among some.
  func squaredNorms(of rows: Range<Int>) -> SquaredNorms {
    let active = rows.lowerBound..<max(rows.lowerBound, min(rows.upperBound, activeRows))
    let values = touched == nil ? parameter.value : parameter.touchedValues
    // Zeros between gathered rows add nothing.
    let stride = touched == nil ? 1 : values.view.stride
    var norms = SquaredNorms()
    for tile in active.tiles(of: UpdateTask.tileRows(width: width)) {
      let first = tile.lowerBound * stride
      let gradient = parameter.gradient.base + first
      let count = tile.count * stride
      if decay == 0 {
        norms.gradient += VectorKernels.sumOfSquares(gradient, count: count)
      } else {
        norms.add(
          gradient: gradient, value: values.base + first, decay: Scalar(decay), count: count)
      }
    }
    return norms
  }

  /// Copies the gradients of the touched ones among some table rows to their places in a tile.
  @inline(__always)
  func copyGradients(of rows: Range<Int>, to tile: UnsafeMutablePointer<Scalar>) {
    guard let touched, touched.count > 0 else { return }
    var row = rows.lowerBound
    while row < rows.upperBound {
      // Most rows are not touched: eight are passed over at once.
      if row + 8 <= rows.upperBound, touched.leavesAlone(eightFrom: row) {
        row += 8
        continue
      }
      if let slot = touched.slot(of: row) {
        ShortVectorKernels.copy(
          parameter.gradient.view.row(slot),
          to: tile + (row - rows.lowerBound) * width, count: width)
      }
      row += 1
    }
  }
}

extension Range<Int> {
  /// Consecutive pieces of `size`; the last may be shorter.
  @inline(__always)
  fileprivate func tiles(of size: Int) -> some Sequence<Range<Int>> {
    stride(from: lowerBound, to: upperBound, by: size).lazy.map { [upperBound] in
      $0..<Swift.min($0 + size, upperBound)
    }
  }
}
