import Models

/// Keys that the chosen backbone does not read keep their values, so a file that others extend may
/// set them for all.
extension ModelSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("backbone", &backbone, .choice)
    try keys.key("paradigm", &paradigm, .choice)
    try keys.key("embedding_dim", &embeddingDimension, .integer(1...65_536))
    try keys.section("encoder", &encoder)
    try keys.key("target", &target, .choice)
    try keys.key("num_target", &targetFields, .integer(1...))
    try deep.visit(&keys)
    try keys.key("head", &head, .choice)
    try keys.key("num_cross_layers", &crossLayers, .integer(1...1_000))
    try keys.key("cross_dropout", &crossDropout, .dropout)
    try keys.key("cross_bias", &crossBias, .flag)
    try keys.key("cin_hidden_units", &cinHiddenUnits, .widths)
    try keys.key("linear_type", &fwfmLinear, .choice)
    try keys.key("field_interaction_type", &fmfmField, .choice)
  }
}

extension MLPSettings: KeyedSection {
  /// Keys of the model's section, as in FuxiCTR: the perceptron has no section.
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("hidden_units", &hiddenUnits, .widths)
    try keys.key("hidden_activation", &activation, .choice)
    try keys.key("net_dropout", &dropout, .dropout)
    try keys.key("batch_norm", &batchNormalization, .flag)
  }
}

extension EncoderSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("kind", &kind, .choice)
    try keys.key("activation", &activation, .choice)
    try keys.key("gamma", &gamma, .positive)
    try keys.key("source", &source, .choice)
    try keys.key("num_source", &sourceFields, .integer(1...))
    try keys.key("attention_dropout", &attentionDropout, .dropout)
    try keys.key("residual", &residual, .flag)
    try keys.key("input", &input, .choice)
  }
}

extension Form where Value == [Int] {
  /// Widths of layers, input side first.
  fileprivate static var widths: Form { list(of: .integer(1...65_536), "a list of widths") }
}

extension Form where Value == Double {
  /// A share of elements that training drops, below 1.
  fileprivate static var dropout: Form {
    number("a number of at least 0 and below 1") { (0..<1).contains($0) }
  }
}
