import LinearAlgebra

/// Elements that lie in a row, with their gradients and their history.
struct UpdateSpan {
  let value: UnsafeMutablePointer<Scalar>
  let gradient: UnsafePointer<Scalar>
  /// The first moments; the second ones lie `momentStride` elements further on.
  let moments: UnsafeMutablePointer<Scalar>
  let momentStride: Int
  let count: Int
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
      var value = VectorKernels.load(span.value + start)
      let gradient = VectorKernels.load(span.gradient + start)
      var first = Lanes.zero
      var second = Lanes.zero
      let firsts = span.moments + start
      let seconds = span.moments + span.momentStride + start
      if Rule.moments > 0 { first = VectorKernels.load(firsts) }
      if Rule.moments > 1 { second = VectorKernels.load(seconds) }
      rule.update(
        &value, gradient: gradient.addingProduct(value, shaping.decay) * shaping.scale,
        first: &first, second: &second)
      VectorKernels.store(value, span.value + start)
      if Rule.moments > 0 { VectorKernels.store(first, firsts) }
      if Rule.moments > 1 { VectorKernels.store(second, seconds) }
      start += Lanes.scalarCount
    }
    if start < span.count { finish(rule, span, shaping, from: start) }
  }

  @inline(__always)
  private static func finish<Rule: ElementwiseRule>(
    _ rule: Rule, _ span: UpdateSpan, _ shaping: GradientShaping, from start: Int
  ) {
    let rest = span.count - start
    var value = loadPadded(span.value + start, rest)
    let gradient = loadPadded(span.gradient + start, rest)
    var first = Lanes.zero
    var second = Lanes.zero
    let firsts = span.moments + start
    let seconds = span.moments + span.momentStride + start
    if Rule.moments > 0 { first = loadPadded(firsts, rest) }
    if Rule.moments > 1 { second = loadPadded(seconds, rest) }
    rule.update(
      &value, gradient: gradient.addingProduct(value, shaping.decay) * shaping.scale,
      first: &first, second: &second)
    store(value, span.value + start, rest)
    if Rule.moments > 0 { store(first, firsts, rest) }
    if Rule.moments > 1 { store(second, seconds, rest) }
  }

  @inline(__always)
  private static func loadPadded(_ address: UnsafePointer<Scalar>, _ count: Int) -> Lanes {
    var lanes = Lanes.zero
    for index in 0..<count { lanes[index] = address[index] }
    return lanes
  }

  @inline(__always)
  private static func store(
    _ lanes: Lanes, _ address: UnsafeMutablePointer<Scalar>, _ count: Int
  ) {
    for index in 0..<count { address[index] = lanes[index] }
  }
}
