/// The fields that are left when some are taken away: drawn in training, the ones of lowest cardinality in evaluation
/// (paper, section 4.1: hard mask).
///
/// `num_target` counts the fields taken away, as it counts the masked ones of every other mask; the authors' code, which
/// draws the fields that are left, counts those. Fields stand in the order of the draw, in evaluation in the schema's.
final class UnmaskedFields: FieldChoice {
  private(set) var fields: [Int]
  private let largest: [Int]
  private let draw: FieldDraw
  private let masked: Int

  /// Takes `num_target` fields away, but never the last.
  init(_ blueprint: Blueprint, named name: String) {
    masked = min(blueprint.settings.targetFields, blueprint.schema.count - 1)
    largest = blueprint.rankedFields.dropLast(masked).sorted()
    fields = largest
    draw = FieldDraw(blueprint, named: name)
  }

  func choose(_ pass: Pass) {
    switch pass {
    case .training(let step):
      draw.draw(step: step)
      for place in fields.indices { fields[place] = draw.order[masked + place] }
    case .evaluation:
      for place in fields.indices { fields[place] = largest[place] }
    }
  }
}
