import LinearAlgebra

/// Adagrad with one number of history for each row of a table, for tables whose state would not fit otherwise.
///
/// `s ← s + ‖g‖²/d` over the row's d elements, `w ← w − η·g/(√s + ε)`, with Adagrad's ε: TorchRec's
/// `RowWiseAdagrad`. A row of a dense parameter is one element, for which this is Adagrad.
struct RowwiseAdagrad: UpdateRule {
  static let moments = 1
  static let momentNames = Adagrad.momentNames

  private var elementwise = Adagrad()
  private var stepSize = 0.0

  var description: String {
    "rowwise_adagrad (one accumulator a table row, one an element elsewhere, initial accumulator 0, "
      + "epsilon \(Adagrad.epsilon))"
  }

  static func momentWidth(ofRow width: Int) -> Int { 1 }

  mutating func begin(step: Int, learningRate: Double) {
    elementwise.begin(step: step, learningRate: learningRate)
    stepSize = learningRate
  }

  func update(_ span: UpdateSpan, _ shaping: GradientShaping) {
    let width = span.rowWidth
    guard width > 1 else { return elementwise.update(span, shaping) }
    for row in 0..<span.count / width {
      let value = span.value + row * width
      let gradient = span.gradient + row * width
      var norms = SquaredNorms()
      norms.add(gradient: gradient, value: value, decay: shaping.decay, count: width)
      let scale = Double(shaping.scale)
      let sum = Double(span.moments[row]) + norms.gradient * scale * scale / Double(width)
      span.moments[row] = Scalar(sum)
      let step = Scalar(stepSize * scale / (sum.squareRoot() + Adagrad.epsilon))
      for column in 0..<width {
        value[column] -= step * (gradient[column] + shaping.decay * value[column])
      }
    }
  }

  func update(_ rows: UpdateRows, _ shaping: GradientShaping) {
    rows.forEachSpan { update($0, shaping) }
  }
}
