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
  /// FM with a weight a pair of fields.
  case fwfm
  /// FM with a matrix, or a vector, a pair of fields.
  case fmfm
  /// A perceptron on the embeddings and the inner products of all pairs.
  case ipnn
  /// Cross layers (CrossNet V2).
  case crossnet
  /// Cross layers beside a perceptron.
  case dcnv2
  /// Compressed interaction layers beside a perceptron.
  case xdeepfm

  /// Whether there is more than the linear term.
  var hasEmbeddings: Bool { self != .lr }

  /// Whether an interaction has a side that could be generated.
  public var hasSource: Bool {
    switch self {
    case .lr, .dnn: false
    case .fm, .deepfm, .fwfm, .fmfm, .ipnn, .crossnet, .dcnv2, .xdeepfm: true
    }
  }

  /// What the logit has beside the backbone; nil where that is nothing.
  func linearTerm(_ settings: ModelSettings) -> ModelSettings.FwFMLinear? {
    switch self {
    case .lr, .fm, .deepfm, .fmfm, .xdeepfm: .lw
    case .dnn, .ipnn, .crossnet, .dcnv2: nil
    case .fwfm: settings.fwfmLinear
    }
  }

  /// Builds what the logit has beside the backbone.
  func makeLinearTerm(_ blueprint: Blueprint) -> LinearTerm? {
    switch linearTerm(blueprint.settings) {
    case .lw: FirstOrderTerm(blueprint, named: "first_order")
    case .felv: FeatureVectorTerm(blueprint, named: "linear")
    case .filv: FieldVectorTerm(blueprint, named: "linear")
    case nil: nil
    }
  }

  /// Builds the backbone; nil where the model is its linear term alone.
  func make(_ blueprint: Blueprint) -> Backbone? {
    switch self {
    case .lr: nil
    case .dnn: DNN(blueprint)
    case .fm: FM(blueprint)
    case .deepfm: DeepFM(blueprint)
    case .fwfm: FwFM(blueprint)
    case .fmfm: FmFM(blueprint)
    case .ipnn: IPNN(blueprint)
    case .crossnet: CrossNet(blueprint)
    case .dcnv2:
      blueprint.settings.deep.hiddenUnits.isEmpty ? CrossNet(blueprint) : DCNv2(blueprint)
    case .xdeepfm: XDeepFM(blueprint)
    }
  }
}
