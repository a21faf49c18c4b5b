import LinearAlgebra

/// A rule by which every element changes by its own gradient and its own history alone.
protocol ElementwiseRule: UpdateRule {
  typealias Lanes = VectorKernels.Lanes

  /// Updates some elements; moments that the rule does not have are passed as zero and dropped.
  ///
  /// The rule's `update(_:_:)` is `UpdateKernel.run(self, span, shaping)`, written out in each rule so that the
  /// kernel is compiled for it.
  func update(_ value: inout Lanes, gradient: Lanes, first: inout Lanes, second: inout Lanes)
}
