/// Which fields a model predicts, and what it is shown of them (Yin et al., 2025).
public enum TargetKind: String, CaseIterable, Sendable {
  /// Every field, as it is: the method's.
  case all
  /// Fields drawn anew for every step and cross layer: the head sees only their interactions.
  case random
  /// Every field, of which some, drawn anew for every step, are hidden behind one trained vector.
  case masked
  /// The same with one trained vector per field.
  case fieldMasked = "field_masked"
  /// The fields that remain when some, drawn anew for every step and cross layer, are removed.
  case hardMasked = "hard_masked"
}
