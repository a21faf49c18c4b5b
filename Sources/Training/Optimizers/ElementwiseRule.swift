import LinearAlgebra

/// A rule by which every element changes by its own gradient and its own history alone.
protocol ElementwiseRule: UpdateRule {
  /// Updates some elements; moments that the rule does not have are passed as zero and dropped.
  ///
  /// The rule's other three are `UpdateKernel.run` over the span, or each row's, and `IdleKernel.run`, written out in each
  /// rule: in a default implementation neither the kernel nor what it calls in C would be part of the loop.
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep)
}
