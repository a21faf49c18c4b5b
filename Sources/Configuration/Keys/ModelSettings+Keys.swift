import Models

extension ModelSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("backbone", &backbone, .choice)
    try keys.read(if: backbone.hasSource) { try $0.key("paradigm", &paradigm, .choice) }
    try keys.read(if: backbone.hasEmbedding) {
      try $0.key("embedding_dim", &embeddingDimension, .integer(1...65_536))
      try $0.key("embedding_sets", &embeddingSets, .integer(1...64))
    }
    try keys.read(if: backbone.hasSource && paradigm == .generative) { keys in
      var section = EncoderSection(settings: encoder, feedsCrossLayers: backbone.hasCrossLayers)
      try keys.section("encoder", &section)
      encoder = section.settings
    }
    try keys.read(if: backbone.hasEmbedding) { try $0.key("target", &target, .choice) }
    try keys.read(if: backbone.hasEmbedding && target != .all) {
      try $0.key("num_target", &targetFields, .integer(1...))
    }
    try keys.read(if: backbone.hasPerceptron) { try deep.visit(&$0) }
    try keys.read(if: backbone.hasHead) { try $0.key("head", &head, .choice) }
    try keys.read(if: backbone.hasCrossLayers) { keys in
      try keys.key("num_cross_layers", &crossLayers, .integer(1...1_000))
      try keys.key("cross_dropout", &crossDropout, .dropout)
      try keys.key("cross_bias", &crossBias, .flag)
    }
    try keys.read(if: backbone.hasTokens) { keys in
      try tokens.visit(&keys)
      try keys.read(if: backbone == .rankelastor) {
        try $0.key("ffn_expansion", &tokens.expansion, .atLeastOne)
      }
    }
    try keys.read(if: backbone == .wukong) { try wukong.visit(&$0) }
    try keys.read(if: backbone == .xdeepfm) {
      try $0.key("cin_hidden_units", &cinHiddenUnits, .widths)
    }
    try keys.read(if: backbone == .fwfm) { try $0.key("linear_type", &fwfmLinear, .choice) }
    try keys.read(if: backbone == .fmfm) {
      try $0.key("field_interaction_type", &fmfmField, .choice)
    }
  }
}

extension BackboneKind {
  /// Whether fields have vectors, beside their first-order weights.
  fileprivate var hasEmbedding: Bool { self != .lr }

  /// Whether there are hidden layers.
  fileprivate var hasPerceptron: Bool {
    switch self {
    case .dnn, .deepfm, .nfm, .ipnn, .dcnv2, .dcnv2Stacked, .dcnv2StackedParallel, .xdeepfm,
      .wukong:
      true
    case .lr, .fm, .fwfm, .fmfm, .crossnet, .rankmixer, .rankelastor: false
    }
  }

  /// Whether there is a head of a choice.
  fileprivate var hasHead: Bool { hasCrossLayers || hasTokens }

  /// Whether there are tokens.
  fileprivate var hasTokens: Bool {
    switch self {
    case .rankmixer, .rankelastor: true
    case .lr, .dnn, .fm, .deepfm, .nfm, .fwfm, .fmfm, .ipnn, .crossnet, .dcnv2, .dcnv2Stacked,
      .dcnv2StackedParallel, .xdeepfm, .wukong:
      false
    }
  }

  /// Whether there are cross layers.
  fileprivate var hasCrossLayers: Bool {
    switch self {
    case .crossnet, .dcnv2, .dcnv2Stacked, .dcnv2StackedParallel: true
    case .lr, .dnn, .fm, .deepfm, .nfm, .fwfm, .fmfm, .ipnn, .xdeepfm, .wukong, .rankmixer,
      .rankelastor:
      false
    }
  }
}

extension MLPSettings: KeyedSection {
  /// Keys of the model's section, as in FuxiCTR: the perceptron has no section.
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("hidden_units", &hiddenUnits, .widths)
    try keys.read(if: !hiddenUnits.isEmpty) { keys in
      try keys.key("hidden_activation", &activation, .choice)
      try keys.key("net_dropout", &dropout, .dropout)
      try keys.key("batch_norm", &batchNormalization, .flag)
    }
  }
}

extension TokenSettings: KeyedSection {
  /// Keys of the model's section; the expansion of gated units is that of one backbone.
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("tokenizer", &tokenizer, .choice)
    try keys.key("num_tokens", &tokens, .integer(1...4_096))
    try keys.key("token_dim", &dimension, .integer(1...65_536))
    try keys.read(if: tokenizer != .none) { keys in
      try keys.key("tokenizer_hidden_units", &tokenizerUnits, .widths)
      try keys.read(if: !tokenizerUnits.isEmpty) {
        try $0.key("tokenizer_dropout", &tokenizerDropout, .dropout)
      }
    }
    try keys.key("num_blocks", &blocks, .integer(1...1_000))
    try keys.key("ffn_hidden_units", &feedForwardUnits, .widths)
    try keys.key("token_norm", &normalization, .flag)
  }
}

extension WukongSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("num_wukong_layers", &layers, .integer(1...1_000))
    try keys.key("fmb_features", &fmbFeatures, .integer(1...65_536))
    try keys.key("lcb_features", &lcbFeatures, .integer(1...65_536))
    try keys.key("fmb_rank", &rank, .integer(1...65_536))
    try keys.key("fmb_hidden_units", &fmbUnits, .widths)
  }
}

/// The keys of an encoder, which depend on the backbone that it feeds.
private struct EncoderSection: KeyedSection {
  var settings = EncoderSettings()
  /// Whether there is a state that the encoder may read in place of the raw embedding.
  var feedsCrossLayers = false

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("kind", &settings.kind, .choice)
    try keys.key("activation", &settings.activation, .choice)
    try keys.key("gamma", &settings.gamma, .positive)
    try keys.key("source", &settings.source, .choice)
    try keys.read(if: [.highCardinality, .lowCardinality].contains(settings.source)) {
      try $0.key("num_source", &settings.sourceFields, .integer(1...))
    }
    try keys.read(if: settings.kind == .lowRank) { keys in
      try keys.key("rank", &settings.rank, .integer(1...65_536))
      try keys.key("inner_activation", &settings.innerActivation, .choice)
    }
    try keys.read(if: settings.kind == .selfAttention) {
      try $0.key("attention_dropout", &settings.attentionDropout, .dropout)
    }
    try keys.key("residual", &settings.residual, .flag)
    try keys.read(if: feedsCrossLayers) { try $0.key("input", &settings.input, .choice) }
  }
}

extension Form where Value == [Int] {
  /// Widths of layers, input side first.
  fileprivate static var widths: Form { list(of: .integer(1...65_536), "a list of widths") }
}

extension Form where Value == Double {
  /// A factor that makes nothing smaller.
  fileprivate static var atLeastOne: Form {
    number("a number of at least 1") { $0.isFinite && (1...1_000).contains($0) }
  }

  /// A share of elements that training drops, below 1.
  fileprivate static var dropout: Form {
    number("a number of at least 0 and below 1") { (0..<1).contains($0) }
  }
}
