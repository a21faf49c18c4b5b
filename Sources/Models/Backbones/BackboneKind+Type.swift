extension BackboneKind {
  /// The backbone; nil where the model is its linear term alone.
  func type(_ settings: ModelSettings) -> (any Backbone.Type)? {
    switch self {
    case .lr: nil
    case .dnn: DNN.self
    case .fm: FM.self
    case .deepfm: DeepFM.self
    case .nfm: NFM.self
    case .fwfm: FwFM.self
    case .fmfm: FmFM.self
    case .ipnn: IPNN.self
    case .crossnet: CrossNet.self
    case .dcnv2: settings.deep.hiddenUnits.isEmpty ? CrossNet.self : DCNv2.self
    case .dcnv2Stacked: settings.deep.hiddenUnits.isEmpty ? CrossNet.self : StackedDCNv2.self
    case .dcnv2StackedParallel:
      settings.deep.hiddenUnits.isEmpty ? CrossNet.self : StackedParallelDCNv2.self
    case .xdeepfm: XDeepFM.self
    case .wukong: Wukong.self
    case .rankmixer: RankMixer.self
    case .rankelastor: RankElastor.self
    }
  }

  private var type: (any Backbone.Type)? { type(ModelSettings()) }

  /// Whether an interaction has a side that could be generated.
  public var hasSource: Bool { type?.hasSource ?? false }

  /// Whether the redundancy matrix has two operands to compare, field by field.
  public var hasOperands: Bool { operands(source: "") != nil }

  /// Whether an encoder may generate from, or for, these fields.
  public func suits(_ source: EncoderSource) -> Bool {
    (type?.encoderSources ?? [.all]).contains(source)
  }

  /// Whether a target suits the backbone.
  public func suits(_ target: TargetKind) -> Bool { (type?.targets ?? [.all]).contains(target) }

  /// What the two operands of the redundancy matrix are called (Yin et al., 2025); nil for a
  /// backbone without an interaction.
  public func operands(in paradigm: Paradigm) -> OperandNames? {
    switch paradigm {
    case .discriminative: operands(source: "embedding")
    case .generative:
      operands(source: "generated embedding").map { operands in
        var operands = operands
        operands.rightFields = type?.sourceFields ?? .all
        return operands
      }
    }
  }

  private func operands(source: String) -> OperandNames? { type?.operands(source: source) }

  /// What the logit has beside the backbone; nil where that is nothing.
  func linearTerm(_ settings: ModelSettings) -> LinearTermKind? {
    guard let type = type(settings) else { return .lw }
    return type.linearTerm(settings)
  }
}
