import LinearAlgebra

/// One optimizer's arithmetic: how values change, given their gradients and their history.
///
/// A rule is a file of its own: everything about tables, tiles, threads, regularisation and clipping is
/// `ElementwiseOptimizer`'s. λ is `decay`: a gradient `g` acts as `clipping · (g + decay · w)`.
protocol UpdateRule {
  /// Kinds of history: 0, 1 or 2.
  static var moments: Int { get }
  /// What PyTorch calls each kind; the names stand in checkpoints.
  static var momentNames: [String] { get }
  /// The rule's name and constants, for the run's record.
  var description: String { get }

  /// Whether an element moves in a step whose gradient is zero, by its history.
  static var movesByHistory: Bool { get }

  /// Numbers of each kind that a row of `width` elements has.
  static func momentWidth(ofRow width: Int) -> Int

  /// The constants of a step, counted from 1, in which nothing is clipped.
  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep

  /// No step changes a vector of `count` elements by more than this, as a length, if gradients were never longer than
  /// `mostNorm`.
  func mostChange(count: Int, learningRate: Double, mostNorm: Double) -> Double

  /// Updates a span.
  func update(_ span: UpdateSpan, decay: Scalar, _ step: UpdateStep)

  /// Updates rows that lie apart.
  func update(_ rows: UpdateRows, decay: Scalar, _ step: UpdateStep)

  /// Takes the steps that rows without a gradient have not had yet, of the last few ones.
  func update(_ rows: IdleSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>)
}

extension UpdateRule {
  /// Whether a step does anything to a row without a gradient that a regulariser of weight `decay` pulls.
  static func movesIdleRows(decay: Double) -> Bool { decay != 0 || movesByHistory }

  /// A number an element.
  static func momentWidth(ofRow width: Int) -> Int { width }
}
