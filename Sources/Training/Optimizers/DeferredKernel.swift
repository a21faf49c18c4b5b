import LinearAlgebra

/// Contiguous rows that have no gradient, and have had some of the deferred steps.
struct DeferredSpan {
  let values: UnsafeMutablePointer<Scalar>
  /// The first moments; the second ones follow `momentStride` elements later.
  let moments: UnsafeMutablePointer<Scalar>
  let momentStride: Int
  /// The number of rows.
  let count: Int
  /// Elements of a row.
  let rowWidth: Int
  /// How many of the steps each row has had.
  let stamps: UnsafePointer<UInt8>
  /// Scratch memory for as many numbers as there are values.
  let scratch: UnsafeMutablePointer<Scalar>
}

/// Several steps of rows without a gradient in one pass over memory.
///
/// Values and moments stay in registers from step to step; the elements of a row that has had a
/// step are kept. Each step is `UpdateKernel`'s with a gradient of zero, bit for bit.
struct DeferredKernel<Rule: ElementwiseRule>: ChunkKernel {
  let rule: Rule
  let span: DeferredSpan
  let decay: Scalar
  let steps: UnsafeBufferPointer<UpdateStep>
  /// The first step that a row has not had.
  let first: Int

  /// The steps of four registers overlap, because each depends on the root and quotient before.
  private typealias Wide = JoinedChunk<
    JoinedChunk<VectorKernels.Lanes, VectorKernels.Lanes>,
    JoinedChunk<VectorKernels.Lanes, VectorKernels.Lanes>
  >

  /// Applies the steps.
  @inline(__always)
  static func run(
    _ rule: Rule, _ span: DeferredSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>
  ) {
    var first = UInt8.max
    for row in 0..<span.count { first = min(first, span.stamps[row]) }
    guard first < steps.count else { return }
    var kernel = DeferredKernel(
      rule: rule, span: span, decay: decay, steps: steps, first: Int(first))
    kernel.spreadStamps()
    let count = span.count * span.rowWidth
    var start = 0
    while start + Wide.width <= count {
      kernel.run(Wide.self, at: start)
      start += Wide.width
    }
    kernel.run(from: start, count: count)
  }

  @inline(__always)
  func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
    let firsts = span.moments + start
    let seconds = firsts + span.momentStride
    let stamps = Chunk.load(span.scratch + start)
    var value = Chunk.load(span.values + start)
    var first = Rule.moments > 0 ? Chunk.load(firsts) : .zero
    var second = Rule.moments > 1 ? Chunk.load(seconds) : .zero
    for index in self.first..<steps.count {
      let step = steps[index]
      var gradient = Chunk.zero
      if Rule.weightDecay == .coupled { gradient.addProduct(value, decay) }
      var next = (value, first, second)
      rule.update(
        &next.0, gradient: gradient * step.clipping, decay: decay, first: &next.1,
        second: &next.2, step)
      let limit = Scalar(index)
      value = value.replaced(by: next.0, where: stamps, isAtMost: limit)
      first = first.replaced(by: next.1, where: stamps, isAtMost: limit)
      second = second.replaced(by: next.2, where: stamps, isAtMost: limit)
    }
    value.store(span.values + start)
    if Rule.moments > 0 { first.store(firsts) }
    if Rule.moments > 1 { second.store(seconds) }
  }

  /// Writes a row's stamp for each of its elements.
  @inline(__always)
  private func spreadStamps() {
    let width = span.rowWidth
    for row in 0..<span.count {
      let (target, stamp) = (span.scratch + row * width, Scalar(span.stamps[row]))
      for column in 0..<width { target[column] = stamp }
    }
  }
}
