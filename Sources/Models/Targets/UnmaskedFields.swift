/// The fields that are left when some are taken away: drawn in training, the ones of lowest cardinality in evaluation
/// (paper, section 4.1: hard mask).
///
/// `num_target` counts the fields taken away, as it counts the masked ones of every other mask; the authors' code, which
/// draws the fields that are left, counts those.
final class UnmaskedFields: DrawnFields {
  /// Takes `num_target` fields away, but never the last.
  init(_ blueprint: Blueprint, named name: String) {
    let masked = min(blueprint.settings.targetFields, blueprint.schema.count - 1)
    super.init(
      FieldDraw(blueprint, named: name), from: masked,
      inEvaluation: blueprint.rankedFields.dropLast(masked).sorted())
  }
}
