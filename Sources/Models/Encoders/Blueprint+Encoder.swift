import ClickData

extension Blueprint {
  /// The encoder that the settings describe; its parameters begin with `name`.
  ///
  /// A field that an encoder leaves raw is its input once, with `residual` or without: the authors' code adds the input
  /// a second time where both are set, so that such a field counts double; the definition does not.
  func encoder(named name: String) -> FieldEncoder {
    let encoder = settings.encoder
    switch (encoder.kind, encoder.source) {
    case (.fieldWise, .all): return residual(FieldWiseEncoder(self, named: name))
    case (.fieldWise, .own): return residual(OwnFieldEncoder(self, named: name))
    case (.fieldWise, .highCardinality), (.fieldWise, .lowCardinality):
      let generated = generatedFields
      let raw = schema.indices.filter { !generated.contains($0) }
      let group = FieldGroupEncoder(self, named: name, generating: generated)
      guard !encoder.residual else { return residual(group) }
      return ResidualEncoder(self, group, adding: raw.map(columns))
    case (.fieldShared, _): return residual(FieldSharedEncoder(self, named: name))
    case (.stacked, _): return residual(StackedEncoder(self, named: name))
    case (.selfAttention, _): return residual(SelfAttentionEncoder(self, named: name))
    }
  }

  /// What ends every encoder: `γ·σ(z)`; what it trains begins with `name.activation`.
  func encoderActivation(named name: String, width: Int) -> DenseLayer {
    settings.encoder.activation.makeLayer(
      self, named: "\(name).activation", scale: settings.encoder.gamma, width: width)
  }

  /// The columns of one field's vector in a row's concatenated embeddings.
  func columns(of field: Int) -> Range<Int> {
    let dimension = settings.embeddingDimension
    return field * dimension..<(field + 1) * dimension
  }

  /// The fields that `encoder.source` names, at most `num_source` by cardinality, in the schema's order.
  var generatedFields: [Int] {
    switch settings.encoder.source {
    case .all, .own: Array(schema.indices)
    case .highCardinality: rankedFields.prefix(settings.encoder.sourceFields).sorted()
    case .lowCardinality: rankedFields.suffix(settings.encoder.sourceFields).sorted()
    }
  }

  private func residual(_ encoder: FieldEncoder) -> FieldEncoder {
    guard settings.encoder.residual else { return encoder }
    return ResidualEncoder(self, encoder, adding: [0..<width])
  }
}
