extension ModelSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("backbone", &backbone, .choice)
    try keys.key("paradigm", &paradigm, .choice)
    try keys.key("embedding_dim", &embeddingDimension, .integer(1...65_536))
    try keys.section("encoder", &encoder)
  }
}

extension EncoderSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("kind", &kind, .choice)
    try keys.key("activation", &activation, .choice)
    try keys.key("gamma", &gamma, .positive)
    try keys.key("source", &source, .choice)
    try keys.key("num_source", &sourceFields, .integer(1...))
    try keys.key(
      "attention_dropout", &attentionDropout, .share)
    try keys.key("residual", &residual, .flag)
    try keys.key("input", &input, .choice)
  }
}
