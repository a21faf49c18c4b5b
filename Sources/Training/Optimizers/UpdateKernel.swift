import LinearAlgebra

/// Elements that lie in a row, with their gradients and their history.
struct UpdateSpan {
  let value: UnsafeMutablePointer<Scalar>
  let gradient: UnsafePointer<Scalar>
  /// The first moments; the second ones lie `momentStride` elements further on.
  let moments: UnsafeMutablePointer<Scalar>
  let momentStride: Int
  let count: Int
  /// Elements of a row; the span is a whole number of rows.
  let rowWidth: Int
}

/// The one pass over value, gradient and moments that every elementwise update is made of.
///
/// Every operation is rounded element by element, so that an element's bits do not depend on where in a span it lies.
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
    gradient.addProduct(value, decay)
    rule.update(
      &value, gradient: gradient * step.clipping, first: &first, second: &second, step)
    value.store(span.value + start)
    if Rule.moments > 0 { first.store(firsts) }
    if Rule.moments > 1 { second.store(seconds) }
  }
}
