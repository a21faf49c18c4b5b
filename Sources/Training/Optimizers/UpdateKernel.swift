import LinearAlgebra

/// Contiguous elements, with their gradients and their history.
struct UpdateSpan {
  let value: UnsafeMutablePointer<Scalar>
  let gradient: UnsafePointer<Scalar>
  /// The first moments; the second ones follow `momentStride` elements later.
  let moments: UnsafeMutablePointer<Scalar>
  let momentStride: Int
  let count: Int
  /// Elements of a row; the span is a whole number of rows.
  let rowWidth: Int
}

/// Rows at any positions of a table, with their history and their contiguous gradients.
struct ScatteredRows {
  let parameter: OptimizedParameter
  /// The rows' first moments; the second ones follow `momentStride` elements later.
  let moments: MatrixView
  let momentStride: Int
  /// Row `slot` is the gradient of the table's row `tableRows[slot]`.
  let gradients: MatrixView
  let tableRows: UnsafePointer<UInt32>
  /// The slots of the rows.
  let slots: Range<Int>

  /// The row of a slot as a span; prefetches the row of a later slot.
  @inline(__always)
  func span(at slot: Int) -> UpdateSpan {
    parameter.prefetch(Int(tableRows[min(slot + Prefetch.farDistance, gradients.rows - 1)]))
    let (values, row) = (parameter.values, Int(tableRows[slot]))
    return UpdateSpan(
      value: values.row(row), gradient: gradients.row(slot), moments: moments.row(row),
      momentStride: momentStride, count: values.columns, rowWidth: values.columns)
  }
}

/// The single pass over value, gradient and moments of every elementwise update.
///
/// Every operation is rounded per element: the bits do not depend on the position in a span.
struct UpdateKernel<Rule: ElementwiseRule>: ChunkKernel {
  let rule: Rule
  let span: UpdateSpan
  let decay: Scalar
  let step: UpdateStep

  /// Updates a span.
  @inline(__always)
  static func run(_ rule: Rule, _ span: UpdateSpan, decay: Scalar, _ step: UpdateStep) {
    var kernel = UpdateKernel(rule: rule, span: span, decay: decay, step: step)
    kernel.run(count: span.count)
  }

  @inline(__always)
  func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
    let firsts = span.moments + start
    let seconds = firsts + span.momentStride
    var value = Chunk.load(span.value + start)
    var gradient = Chunk.load(span.gradient + start)
    var first = Rule.moments > 0 ? Chunk.load(firsts) : .zero
    var second = Rule.moments > 1 ? Chunk.load(seconds) : .zero
    if Rule.weightDecay == .coupled { gradient.addProduct(value, decay) }
    rule.update(
      &value, gradient: gradient * step.clipping, decay: decay, first: &first, second: &second,
      step)
    value.store(span.value + start)
    if Rule.moments > 0 { first.store(firsts) }
    if Rule.moments > 1 { second.store(seconds) }
  }
}
