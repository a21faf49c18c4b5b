extension ModelSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("backbone", &backbone, .choice)
    try keys.key("paradigm", &paradigm, .choice)
    try keys.key("embedding_dim", &embeddingDimension, .integer(1...65_536))
    try keys.section("encoder", &encoder)
  }
}

extension EncoderSettings: KeyedSection {
  /// The fields that an encoder reads.
  private enum ReadFields: String, CaseIterable { case all }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    var fields = ReadFields.all
    try keys.key("activation", &activation, .choice)
    try keys.key("gamma", &gamma, .positive)
    try keys.key("source", &fields, .choice)
    try keys.key("residual", &residual, .flag)
    try keys.key("input", &input, .choice)
  }
}
