/// How an encoder makes vectors from all fields; each is one file in `Sources` (Yin et al., 2025).
public enum EncoderKind: String, CaseIterable, Sendable {
  /// A map of its own for every field: the method's.
  case fieldWise = "field_wise"
  /// One map for all fields, which then share the vector it makes.
  case fieldShared = "field_shared"
  /// Two maps, with batch normalisation and ReLU between them.
  case stacked
  /// Multi-head self-attention between the fields.
  case selfAttention = "self_attention"
}

/// Which fields a field-wise encoder generates, and from what (Yin et al., 2025).
public enum EncoderSource: String, CaseIterable, Sendable {
  /// Every field from all fields: the method's.
  case all
  /// Every field from itself alone.
  case own
  /// The fields with the largest tables from all fields; the others stay raw.
  case highCardinality = "high_cardinality"
  /// The fields with the smallest tables from all fields; the others stay raw.
  case lowCardinality = "low_cardinality"
}
