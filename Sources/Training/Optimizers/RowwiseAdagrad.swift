import LinearAlgebra

/// Adagrad with one number of history for each row of a table, for tables whose state would not fit otherwise.
///
/// `s ← s + ‖g‖²/d` over the row's d elements, `w ← w − η·g/(√s + ε)`, with Adagrad's ε: TorchRec's
/// `RowWiseAdagrad`. A row of a dense parameter is one element, for which this is Adagrad.
struct RowwiseAdagrad: UpdateRule {
  static let moments = 1
  static let momentNames = Adagrad.momentNames
  static let movesByHistory = false

  private let elementwise = Adagrad()

  var description: String {
    "rowwise_adagrad (one accumulator a table row, one an element elsewhere, initial accumulator 0, "
      + "epsilon \(Adagrad.epsilon))"
  }

  static func momentWidth(ofRow width: Int) -> Int { 1 }

  func constants(ofStep step: Int, learningRate: Double) -> UpdateStep {
    elementwise.constants(ofStep: step, learningRate: learningRate)
  }

  /// `‖g‖ ≤ √(d·s)` in every row.
  func mostChange(count: Int, learningRate: Double, mostNorm: Double) -> Double {
    elementwise.mostChange(count: count, learningRate: learningRate, mostNorm: mostNorm)
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
      for column in 0..<width {
        value[column] -= rate * (gradient[column] + decay * value[column])
      }
    }
  }

  func update(_ rows: UpdateRows, decay: Scalar, _ step: UpdateStep) {
    rows.forEachSpan { update($0, decay: decay, step) }
  }

  func update(_ rows: IdleSpan, decay: Scalar, _ steps: UnsafeBufferPointer<UpdateStep>) {
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
