/// The encoder that generates the source of an interaction: `model.encoder`.
public struct EncoderSettings: Equatable, Sendable {
  /// What an encoder with layers of its own reads in a cross network.
  public enum Input: String, CaseIterable, Sendable {
    /// The state of the cross layer it feeds.
    case layerState = "layer_state"
    /// The raw embedding.
    case embedding
  }

  /// Heads of a self-attention encoder; they divide the embedding dimension.
  public static let attentionHeads = 4

  /// The function from a row's embeddings to a field's vector.
  public var kind = EncoderKind.fieldWise
  /// Which fields are generated, and from which fields.
  public var source = EncoderSource.all
  /// The number of fields that a source of high or low cardinality generates, at most all.
  public var sourceFields = 10
  /// The dimensions through which a low-rank encoder maps.
  public var rank = 32
  /// The non-linearity between a low-rank encoder's two maps.
  public var innerActivation = ActivationKind.linear
  /// The fraction of attention weights that training drops.
  public var attentionDropout = 0.2
  /// The non-linearity σ.
  public var activation = ActivationKind.relu
  /// The constant γ that multiplies the activation.
  public var gamma = 1.0
  /// Whether the encoder's input is added to its output.
  public var residual = false
  /// What the encoder of a cross layer reads.
  public var input = Input.layerState
  /// The defaults.
  public init() {}
}

/// How an encoder makes vectors from all fields; each is one file in `Sources` (Yin et al., 2025).
public enum EncoderKind: String, CaseIterable, Sendable {
  /// A map of its own for every field: the method's.
  case fieldWise = "field_wise"
  /// One map for all fields, which then share the vector it makes.
  case fieldShared = "field_shared"
  /// Two maps, with batch normalisation and ReLU between them.
  case stacked
  /// Two maps through a few dimensions.
  case lowRank = "low_rank"
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
