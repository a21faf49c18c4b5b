import LinearAlgebra
import Models

extension Recalibration {
  /// The calibrated logit, `[batch, 1]`, as operations of a graph.
  ///
  /// In single precision: where two knots of an isotonic map are closer than that can tell apart,
  /// the probability is one between theirs.
  public func graph(_ logit: GraphValue, _ graph: any GraphBuilder) -> GraphValue {
    func numbers(_ name: String, _ values: [Double]) -> GraphValue {
      let row = Matrix(rows: 1, columns: values.count)
      for (index, value) in values.enumerated() { row[0, index] = Scalar(value) }
      return graph.weight("recalibration.\(name)", row, shape: [values.count])
    }
    switch curve {
    case .platt(let platt):
      let scaled = graph.apply(.multiply, to: [logit, numbers("slope", [platt.slope])])
      return graph.apply(.add, to: [scaled, numbers("intercept", [platt.intercept])])
    case .isotonic(let isotonic):
      let segments = isotonic.segments
      let index = graph.apply(.countAtMost, to: [logit, numbers("logits", isotonic.logits)])
      func chosen(_ name: String, _ number: (IsotonicRegression.Segment) -> Double) -> GraphValue {
        graph.apply(.gather(axis: 0), to: [numbers(name, segments.map(number)), index])
      }
      let distance = graph.apply(.add, to: [logit, chosen("minus_start") { -$0.start }])
      let rise = graph.apply(.multiply, to: [chosen("slope") { $0.slope }, distance])
      let lowest = chosen("lowest") { $0.lowest }
      let line = graph.apply(.add, to: [lowest, rise])
      let above = graph.apply(.maximum, to: [line, lowest])
      let p = graph.apply(.minimum, to: [above, chosen("highest") { $0.highest }])
      let minus = numbers("minus_one", [-1])
      let rest = graph.apply(
        .add, to: [graph.apply(.multiply, to: [p, minus]), numbers("one", [1])])
      let odds = graph.apply(.multiply, to: [graph.apply(.log, to: [rest]), minus])
      return graph.apply(.add, to: [graph.apply(.log, to: [p]), odds])
    }
  }
}

extension IsotonicRegression {
  /// A part of the curve between two knots, or beyond the first or the last one.
  struct Segment {
    /// The logit of its lowest probability.
    let start: Double
    let lowest: Double
    let highest: Double
    /// The rise of the probability per logit.
    let slope: Double
  }

  /// The parts in ascending order: the k-th has k knots at or below its logits.
  var segments: [Segment] {
    let last = logits.count - 1
    func constant(_ knot: Int) -> Segment {
      Segment(
        start: logits[knot], lowest: probabilities[knot], highest: probabilities[knot], slope: 0)
    }
    let inner = (0..<last).map { knot in
      let rise = probabilities[knot + 1] - probabilities[knot]
      return Segment(
        start: logits[knot], lowest: probabilities[knot], highest: probabilities[knot + 1],
        // A slope beyond single precision would make infinity times zero.
        slope: min(rise / (logits[knot + 1] - logits[knot]), 1e30))
    }
    return [constant(0)] + inner + [constant(last)]
  }
}
