/// Some fields drawn at random in training, the ones of highest cardinality in evaluation (paper, section 4.1: random
/// predict).
///
/// A drawn field stands in any place, as in the authors' code; in evaluation the order is the schema's.
final class RandomFields: FieldChoice {
  private(set) var fields: [Int]
  private let largest: [Int]
  private let draw: FieldDraw

  /// Chooses `num_target` fields, or all where there are fewer.
  init(_ blueprint: Blueprint, named name: String) {
    largest = blueprint.rankedFields.prefix(blueprint.settings.targetFields).sorted()
    fields = largest
    draw = FieldDraw(blueprint, named: name)
  }

  func choose(_ pass: Pass) {
    switch pass {
    case .training(let step):
      draw.draw(step: step)
      for place in fields.indices { fields[place] = draw.order[place] }
    case .evaluation:
      for place in fields.indices { fields[place] = largest[place] }
    }
  }
}
