/// Which fields a model predicts, and what it is shown of them; each is a type beside this file (paper, section 3.2).
public enum TargetKind: String, CaseIterable, Sendable {
  /// Every field, as it is: the method's.
  case all
  /// Fields drawn anew for every step and cross layer: the head sees their interactions alone.
  case random
  /// Every field, behind one trained vector that is added to fields drawn anew for every step.
  case masked
  /// The same with a trained vector for each field.
  case fieldMasked = "field_masked"
  /// The fields that are left when some, drawn anew for every step and cross layer, are taken away.
  case hardMasked = "hard_masked"

  /// Whether a backbone has what this needs.
  public func suits(_ backbone: BackboneKind) -> Bool {
    switch self {
    case .all: true
    case .masked, .fieldMasked: backbone.hasSource
    case .random, .hardMasked: backbone == .crossnet || backbone == .dcnv2
    }
  }
}
