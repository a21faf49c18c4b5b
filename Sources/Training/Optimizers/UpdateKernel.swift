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

/// What happens to a gradient before the rule sees it: `scale · (gradient + decay · value)`.
struct GradientShaping {
  /// λ of the regulariser `(λ/2)·‖w‖²`.
  let decay: Scalar
  /// The factor of the clipping, 1 where nothing is clipped.
  let scale: Scalar
}

/// The one pass over value, gradient and moments that every update is made of.
enum UpdateKernel {
  private typealias Lanes = VectorKernels.Lanes

  /// Updates a span.
  ///
  /// The last elements go through the same lanes, padded with zeros, so an element's bits do not depend on
  /// where in a span it lies.
  @inline(__always)
  static func run<Rule: ElementwiseRule>(
    _ rule: Rule, _ span: UpdateSpan, _ shaping: GradientShaping
  ) {
    var start = 0
    while start + Lanes.scalarCount <= span.count {
      update(rule, span, shaping, start, Lanes.scalarCount)
      start += Lanes.scalarCount
    }
    if start < span.count { update(rule, span, shaping, start, span.count - start) }
  }

  /// Updates up to one register's elements from `start` on.
  @inline(__always)
  private static func update<Rule: ElementwiseRule>(
    _ rule: Rule, _ span: UpdateSpan, _ shaping: GradientShaping, _ start: Int, _ count: Int
  ) {
    var value = load(span.value + start, count)
    let gradient = load(span.gradient + start, count)
    var first = Lanes.zero
    var second = Lanes.zero
    let firsts = span.moments + start
    let seconds = span.moments + span.momentStride + start
    if Rule.moments > 0 { first = load(firsts, count) }
    if Rule.moments > 1 { second = load(seconds, count) }
    rule.update(
      &value, gradient: gradient.addingProduct(value, shaping.decay) * shaping.scale,
      first: &first, second: &second)
    store(value, span.value + start, count)
    if Rule.moments > 0 { store(first, firsts, count) }
    if Rule.moments > 1 { store(second, seconds, count) }
  }

  @inline(__always)
  private static func load(_ address: UnsafePointer<Scalar>, _ count: Int) -> Lanes {
    if count == Lanes.scalarCount { return VectorKernels.load(address) }
    var lanes = Lanes.zero
    for index in 0..<count { lanes[index] = address[index] }
    return lanes
  }

  @inline(__always)
  private static func store(
    _ lanes: Lanes, _ address: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    if count == Lanes.scalarCount { return VectorKernels.store(lanes, address) }
    for index in 0..<count { address[index] = lanes[index] }
  }
}
