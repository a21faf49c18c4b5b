import LinearAlgebra

/// Adagrad (Duchi, Hazan and Singer, 2011), with PyTorch's defaults and its place for ε.
///
/// `s ← s + g²`, `w ← w − η·g/(√s + ε)`; `s` starts at 0.
struct Adagrad: ElementwiseRule {
  static let moments = 1
  static let momentNames = ["sum"]
  static let movesByHistory = false
  static let epsilon = 1e-10

  var description: String { "adagrad (lr_decay 0, initial accumulator 0, epsilon \(Self.epsilon))" }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    UpdateStep(stepSize: learningRate)
  }

  /// `|g| ≤ √s`: no element moves by more than η.
  func updateNormBound(count: Int, learningRate: Double, gradientNormBound: Double) -> Double {
    learningRate * Double(count).squareRoot()
  }

  @inline(__always)
  func update<Chunk: LaneChunk>(
    _ value: inout Chunk, gradient: Chunk, decay: Scalar, first: inout Chunk, second: inout Chunk,
    _ step: UpdateStep
  ) {
    first.addProduct(gradient, gradient)
    value = value - gradient / (first.root() + Scalar(Self.epsilon)) * Scalar(step.stepSize)
  }
}

/// Adagrad with one number of history per table row, for tables too large for one per element.
///
/// `s ← s + ‖g‖²/d` over the row's d elements, `w ← w − η·g/(√s + ε)`, with Adagrad's ε: TorchRec's
/// `RowWiseAdagrad`. A row of a dense parameter is one element, for which this is Adagrad.
struct RowwiseAdagrad: UpdateRule {
  static let moments = 1
  static let momentNames = Adagrad.momentNames
  static let movesByHistory = false

  private let elementwise = Adagrad()

  var description: String {
    "rowwise_adagrad (one accumulator per table row, one per element elsewhere, initial accumulator 0, "
      + "epsilon \(Adagrad.epsilon))"
  }

  static func momentWidth(ofRow width: Int) -> Int { 1 }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    elementwise.constants(ofStep: step, learningRate: learningRate)
  }

  /// `‖g‖ ≤ √(d·s)` in every row.
  func updateNormBound(count: Int, learningRate: Double, gradientNormBound: Double) -> Double {
    elementwise.updateNormBound(
      count: count, learningRate: learningRate, gradientNormBound: gradientNormBound)
  }

  func update(_ span: UpdateSpan, decay: Scalar, _ step: UpdateStep) {
    let width = span.rowWidth
    guard width > 1 else { return elementwise.update(span, decay: decay, step) }
    for row in 0..<span.count / width {
      let value = span.value + row * width
      let gradient = span.gradient + row * width
      var norms = SquaredNorms()
      norms.add(gradient: gradient, value: value, decay: decay, count: width)
      let scale = Double(step.clipping)
      let sum = Double(span.moments[row]) + norms.gradient * scale * scale / Double(width)
      span.moments[row] = Scalar(sum)
      let rate = Scalar(step.stepSize * scale / (sum.squareRoot() + Adagrad.epsilon))
      for column in 0..<width { value[column] -= rate * (gradient[column] + decay * value[column]) }
    }
  }

  func update(_ rows: ScatteredRows, decay: Scalar, _ step: UpdateStep) {
    for slot in rows.slots { update(rows.span(at: slot), decay: decay, step) }
  }

  func update(_ rows: DeferredSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>) {
    let width = rows.rowWidth
    guard width > 1 else { return elementwise.update(rows, decay: decay, steps) }
    rows.scratch.update(repeating: 0, count: width)
    for row in 0..<rows.count {
      let span = UpdateSpan(
        value: rows.values + row * width, gradient: rows.scratch, moments: rows.moments + row,
        momentStride: 0, count: width, rowWidth: width)
      for step in steps[Int(rows.stamps[row])...] { update(span, decay: decay, step) }
    }
  }
}
