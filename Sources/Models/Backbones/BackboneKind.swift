/// The backbones there are; each is one file beside this one.
public enum BackboneKind: String, CaseIterable, Sendable {
  /// Logistic regression: the first-order term alone.
  case lr
  /// The factorisation machine.
  case fm

  /// Whether an interaction has a side that could be generated.
  public var hasSource: Bool { self != .lr }

  /// Whether the logit has the term `b + Σ w_f[id_f]`.
  var hasFirstOrderTerm: Bool {
    switch self {
    case .lr, .fm: true
    }
  }

  /// Builds the backbone; nil where the model is its first-order term alone.
  func make(_ blueprint: Blueprint) -> Backbone? {
    switch self {
    case .lr: nil
    case .fm: FM(blueprint)
    }
  }
}
