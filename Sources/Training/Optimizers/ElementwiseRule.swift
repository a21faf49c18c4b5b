import LinearAlgebra

/// One optimizer's arithmetic: how an element changes, given its gradient and its own history.
///
/// A rule is a file of its own: everything about tables, tiles, threads, regularisation and clipping is
/// `ElementwiseOptimizer`'s.
protocol ElementwiseRule {
  typealias Lanes = VectorKernels.Lanes

  /// Numbers of history an element has: 0, 1 or 2.
  static var moments: Int { get }
  /// The rule's name and constants, for the run's record.
  var description: String { get }

  /// Prepares the constants of a step, counted from 1.
  mutating func begin(step: Int, learningRate: Double)

  /// Updates some elements; moments that the rule does not have are passed as zero and dropped.
  func update(_ value: inout Lanes, gradient: Lanes, first: inout Lanes, second: inout Lanes)

  /// Updates a span: `UpdateKernel.run(self, span, shaping)`, written out in each rule so that the kernel
  /// is compiled for it.
  func update(_ span: UpdateSpan, _ shaping: GradientShaping)
}
