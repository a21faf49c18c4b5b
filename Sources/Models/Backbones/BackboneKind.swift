/// The backbones there are; each is one file beside this one.
public enum BackboneKind: String, CaseIterable, Sendable {
  /// Logistic regression: the first-order term alone.
  case lr
  /// A multi-layer perceptron on the embeddings.
  case dnn
  /// The factorisation machine.
  case fm
  /// FM beside a perceptron.
  case deepfm
  /// Cross layers (CrossNet V2).
  case crossnet
  /// Cross layers beside a perceptron.
  case dcnv2
  /// Compressed interaction layers beside a perceptron.
  case xdeepfm

  /// Whether an interaction has a side that could be generated.
  public var hasSource: Bool {
    switch self {
    case .lr, .dnn: false
    case .fm, .deepfm, .crossnet, .dcnv2, .xdeepfm: true
    }
  }

  /// Whether the logit has the term `b + Σ w_f[id_f]`.
  var hasFirstOrderTerm: Bool {
    switch self {
    case .lr, .fm, .deepfm, .xdeepfm: true
    case .dnn, .crossnet, .dcnv2: false
    }
  }

  /// Builds the backbone; nil where the model is its first-order term alone.
  func make(_ blueprint: Blueprint) -> Backbone? {
    switch self {
    case .lr: nil
    case .dnn: DNN(blueprint)
    case .fm: FM(blueprint)
    case .deepfm: DeepFM(blueprint)
    case .crossnet: CrossNet(blueprint)
    case .dcnv2:
      blueprint.settings.deep.hiddenUnits.isEmpty ? CrossNet(blueprint) : DCNv2(blueprint)
    case .xdeepfm: XDeepFM(blueprint)
    }
  }
}
