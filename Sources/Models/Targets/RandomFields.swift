/// Some fields drawn at random in training, the ones of highest cardinality in evaluation (paper, section 4.1: random
/// predict).
final class RandomFields: DrawnFields {
  /// Chooses `num_target` fields, or all where there are fewer.
  init(_ blueprint: Blueprint, named name: String) {
    super.init(
      FieldDraw(blueprint, named: name), from: 0,
      inEvaluation: blueprint.rankedFields.prefix(blueprint.settings.targetFields).sorted())
  }
}
