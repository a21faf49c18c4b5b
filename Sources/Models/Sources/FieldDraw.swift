import Platform

/// A random order of the fields, drawn anew for every training step.
///
/// It depends only on the seed, the name and the step, not on threads or a resumed run. Element `k`
/// of `N` is swapped with element `k + integer(step·N + k, below: N − k)`, one after another
/// (Fisher and Yates).
final class FieldDraw {
  /// The fields in the order of the last draw.
  private(set) var order: [Int]
  private let random: CounterRandom

  /// A draw with the random numbers of the context's scope.
  init(_ context: LayerContext, fields: Int) {
    order = Array(0..<fields)
    random = context.random()
  }

  /// Draws the order of a step.
  func draw(step: Int) {
    let count = order.count
    for place in 0..<count { order[place] = place }
    for place in 0..<count {
      order.swapAt(
        place,
        place
          + random.integer(UInt64(truncatingIfNeeded: step &* count &+ place), below: count - place)
      )
    }
  }
}

/// The fields whose interactions a cross layer predicts, the same for every row of a batch.
///
/// In training they are consecutive elements of a draw, in its order, so that any field can be in
/// any place, as in the authors' code; in evaluation as many fixed ones.
final class DrawnFields {
  /// The fields, in the order in which the head reads them; as many in every pass.
  private(set) var fields: [Int]
  /// The fields of every evaluation.
  let fieldsInEvaluation: [Int]
  private let first: Int
  private let draw: FieldDraw

  private init(_ draw: FieldDraw, from first: Int, inEvaluation fixed: [Int]) {
    self.draw = draw
    self.first = first
    fieldsInEvaluation = fixed
    fields = fixed
  }

  /// `count` fields, or all if there are fewer, drawn in training; in evaluation those of the
  /// highest cardinality, the first in `ranking` (Yin et al., 2025: random predict).
  static func random(_ context: LayerContext, ranking: [Int], count: Int) -> DrawnFields {
    DrawnFields(
      FieldDraw(context, fields: ranking.count), from: 0,
      inEvaluation: ranking.prefix(count).sorted())
  }

  /// The fields that remain when some are removed, but never the last one: drawn in training, in
  /// evaluation those of the lowest cardinality (Yin et al., 2025: hard mask).
  ///
  /// `masked` counts the removed fields, as `num_target` does for every other mask; the authors'
  /// code, which draws the remaining fields, counts those.
  static func unmasked(_ context: LayerContext, ranking: [Int], masked: Int) -> DrawnFields {
    let masked = min(masked, ranking.count - 1)
    return DrawnFields(
      FieldDraw(context, fields: ranking.count), from: masked,
      inEvaluation: ranking.dropLast(masked).sorted())
  }

  /// Settles the fields of a pass.
  func choose(_ pass: Pass) {
    switch pass {
    case .training(let step):
      draw.draw(step: step)
      for place in fields.indices { fields[place] = draw.order[first + place] }
    case .evaluation:
      for place in fields.indices { fields[place] = fieldsInEvaluation[place] }
    }
  }
}
