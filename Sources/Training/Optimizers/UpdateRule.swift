/// One optimizer's arithmetic: how values change, given their gradients and their history.
///
/// A rule is a file of its own: everything about tables, tiles, threads, regularisation and clipping is
/// `ElementwiseOptimizer`'s.
protocol UpdateRule {
  /// Kinds of history: 0, 1 or 2.
  static var moments: Int { get }
  /// What PyTorch calls each kind; the names stand in checkpoints.
  static var momentNames: [String] { get }
  /// The rule's name and constants, for the run's record.
  var description: String { get }

  /// Numbers of each kind that a row of `width` elements has.
  static func momentWidth(ofRow width: Int) -> Int

  /// Prepares the constants of a step, counted from 1.
  mutating func begin(step: Int, learningRate: Double)

  /// Updates a span.
  func update(_ span: UpdateSpan, _ shaping: GradientShaping)

  /// Updates rows that lie apart.
  func update(_ rows: UpdateRows, _ shaping: GradientShaping)
}

extension UpdateRule {
  /// A number an element.
  static func momentWidth(ofRow width: Int) -> Int { width }
}
