/// The tokens of RankMixer and RankElastor, and the layers that read them.
public struct TokenSettings: Equatable, Sendable {
  /// How a row's embeddings become tokens.
  public enum Tokenizer: String, CaseIterable, Sendable {
    /// One perceptron for all tokens, each from an equal chunk of the row.
    case shared
    /// One perceptron from the whole row to all tokens.
    case joint
    /// The row itself, cut into tokens.
    case none
  }

  /// How a row's embeddings become tokens.
  public var tokenizer = Tokenizer.joint
  /// The number of tokens.
  public var tokens = 16
  /// Elements of a token.
  public var dimension = 16
  /// Widths of the tokenizer's hidden layers.
  public var tokenizerUnits: [Int] = []
  /// The share of the tokenizer's hidden elements that training drops.
  public var tokenizerDropout = 0.0
  /// The number of blocks.
  public var blocks = 2
  /// Widths of a block's feed-forward layers, each with weights of its own for every token.
  public var feedForwardUnits = [64]
  /// How much wider a gated unit is inside.
  public var expansion = 3.0
  /// Whether the tokenizer's hidden layers and the feed-forward layers normalise (RMS).
  public var normalization = false
  /// The defaults.
  public init() {}

  /// Elements of all tokens of a row.
  var width: Int { tokens * dimension }
  /// The hidden layers of the tokenizer.
  var tokenizerLayers: MLPSettings {
    var layers = MLPSettings(hiddenUnits: tokenizerUnits)
    layers.activation = .gelu
    layers.dropout = tokenizerDropout
    layers.rmsNormalization = normalization
    return layers
  }
}

extension ModelSettings {
  /// Why so many fields cannot become the tokens of the settings, and the key to change; nil where
  /// they can.
  public func tokenProblem(fields: Int) -> (key: String, finding: String)? {
    let width = fields * embeddingDimension
    let row = "the \(width) elements of \(fields) fields' embeddings"
    switch tokens.tokenizer {
    case .joint: return nil
    case .shared:
      guard width % tokens.tokens != 0 else { return nil }
      return (
        "model.num_tokens",
        "found \(tokens.tokens), expected a divisor of \(width): tokenizer shared cuts \(row) into "
          + "equal chunks; change it, or set model.tokenizer to joint"
      )
    case .none:
      guard width != tokens.width else { return nil }
      return (
        "model.token_dim",
        "found \(tokens.dimension), expected \(tokens.tokens) tokens × token_dim to be \(width): "
          + "tokenizer none keeps \(row); change it, or set model.tokenizer to joint"
      )
    }
  }
}
