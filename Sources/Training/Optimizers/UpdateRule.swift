import LinearAlgebra

/// How a regulariser of weight λ acts.
enum WeightDecay {
  /// L2: `λ·w` joins the gradient, so that it is clipped and enters the history with it.
  case coupled
  /// The rule shrinks values by λ itself: gradient, norm and history are without it.
  case decoupled
}

/// The constants of one step.
struct UpdateStep {
  /// The rule's factor of the update, rounded where it is applied.
  var stepSize: Double
  /// The rule's factor of the root of the second moments; 1 for rules without one.
  var rootScale: Scalar = 1
  /// The factor of λ in a decoupled decay.
  var decayScale: Double = 0
  /// The factor of the gradient that clips it; 1 without clipping.
  var clipping: Scalar = 1
}

/// One optimizer's arithmetic: how values change, given their gradients and their history.
///
/// A new rule is a file, a case of `OptimizerKind` and a line in `TrainingSettings.rule`. Tables,
/// threads, the norm and clipping are up to `ElementwiseOptimizer`, which passes λ as `decay`.
protocol UpdateRule {
  /// Kinds of history: 0, 1 or 2.
  static var moments: Int { get }
  /// PyTorch's name of each kind; checkpoints use them.
  static var momentNames: [String] { get }
  /// How λ acts.
  static var weightDecay: WeightDecay { get }
  /// Whether an element moves in a step whose gradient is zero, by its history.
  static var movesByHistory: Bool { get }
  /// The rule's name and constants, for the run's record.
  var description: String { get }

  /// Numbers of history of each kind for a row of `width` elements.
  static func momentWidth(ofRow width: Int) -> Int

  /// The constants of a step, counted from 1, without clipping.
  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep

  /// A bound on the norm of one step's change of `count` elements, without decoupled decay, while
  /// the norm of gradients never exceeds `gradientNormBound`.
  func updateNormBound(count: Int, learningRate: Double, gradientNormBound: Double) -> Double

  /// Updates a span.
  func update(_ span: UpdateSpan, decay: Scalar, _ step: UpdateStep)

  /// Updates rows at any positions.
  func update(_ rows: ScatteredRows, decay: Scalar, _ step: UpdateStep)

  /// Applies to rows without a gradient the steps that each has not had yet.
  func update(_ rows: DeferredSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>)
}

extension UpdateRule {
  static var weightDecay: WeightDecay { .coupled }

  static func momentWidth(ofRow width: Int) -> Int { width }

  /// Whether a step changes a row without a gradient.
  static func movesIdleRows(decay: Double) -> Bool { decay != 0 || movesByHistory }
}

/// A rule that changes every element by its own gradient and its own history alone.
protocol ElementwiseRule: UpdateRule {
  /// Updates some elements.
  ///
  /// A coupled decay is part of `gradient` already; a decoupled one is the rule's to apply. Moments
  /// that the rule does not have are passed as zero and dropped. To be marked `@inline(__always)`,
  /// as part of the kernels' loops.
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, decay: Scalar, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep)
}

// Never inlined: the compiler builds protocol witnesses without the CPU's vector instructions.
extension ElementwiseRule {
  @inline(never)
  func update(_ span: UpdateSpan, decay: Scalar, _ step: UpdateStep) {
    UpdateKernel.run(self, span, decay: decay, step)
  }

  @inline(never)
  func update(_ rows: ScatteredRows, decay: Scalar, _ step: UpdateStep) {
    for slot in rows.slots { UpdateKernel.run(self, rows.span(at: slot), decay: decay, step) }
  }

  @inline(never)
  func update(_ rows: DeferredSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>) {
    DeferredKernel.run(self, rows, decay: decay, steps)
  }
}
