import ClickData
import Models
import Training

/// The flat text beside a golden fixture's tensors, read key by key; an unread key is an error.
struct GoldenSettings {
  private let name: String
  private var rest: [String: String]

  init(case name: String, _ metadata: [String: String]) {
    self.name = name
    rest = metadata
  }

  mutating func take<Value>(_ key: String, _ read: (String) -> Value?) throws -> Value {
    guard let text = rest.removeValue(forKey: key) else { throw failure("no \(key)") }
    guard let value = read(text) else { throw failure("\(key) cannot be \(text)") }
    return value
  }

  /// The same for a key that is omitted if it has its default.
  mutating func take<Value>(
    _ key: String, or standard: Value, _ read: (String) -> Value?
  ) throws -> Value {
    rest[key] == nil ? standard : try take(key, read)
  }

  mutating func schema() throws -> [FieldSchema] {
    try take("fields") { text in
      let fields = text.split(separator: ",").compactMap { field -> FieldSchema? in
        let parts = field.split(separator: ":").map(String.init)
        guard parts.count >= 3, let kind = FieldSchema.Kind(rawValue: parts[1]),
          let rows = Int(parts[2]), parts.count == (kind == .sequence ? 4 : 3),
          let most = parts.count == 4 ? Int(parts[3]) : 1
        else { return nil }
        return FieldSchema(name: parts[0], kind: kind, rows: rows, maxValues: most)
      }
      return fields.isEmpty ? nil : fields
    }
  }

  mutating func model(_ backbone: String) throws -> ModelSettings {
    var settings = ModelSettings()
    settings.backbone = try BackboneKind(rawValue: backbone) ?? { throw failure(backbone) }()
    settings.paradigm = try take("paradigm", Paradigm.init(rawValue:))
    settings.embeddingDimension = try take("embedding_dim") { Int($0) }
    settings.encoder.activation = try take("encoder_activation", ActivationKind.init(rawValue:))
    settings.encoder.gamma = try take("encoder_gamma") { Double($0) }
    settings.encoder.residual = try take("encoder_residual") { Bool($0) }
    settings.encoder.input = try take("encoder_input", EncoderSettings.Input.init(rawValue:))
    settings.encoder.kind = try take("encoder_kind", or: .fieldWise) { .init(rawValue: $0) }
    settings.encoder.source = try take("encoder_source", or: .all) { .init(rawValue: $0) }
    settings.encoder.sourceFields = try take("num_source", or: 10) { Int($0) }
    // PyTorch would draw a different mask.
    settings.encoder.attentionDropout = 0
    settings.target = try take("target", or: .all) { .init(rawValue: $0) }
    settings.targetFields = try take("num_target", or: 10) { Int($0) }
    settings.deep.hiddenUnits = try take("hidden_units", Self.integers)
    settings.deep.activation = try take("hidden_activation", ActivationKind.init(rawValue:))
    settings.deep.batchNormalization = try take("batch_norm") { Bool($0) }
    settings.head = try take("head", ModelSettings.Head.init(rawValue:))
    settings.crossLayers = try take("num_cross_layers") { Int($0) }
    settings.crossBias = try take("cross_bias") { Bool($0) }
    settings.cinHiddenUnits = try take("cin_hidden_units", Self.integers)
    settings.embeddingSets = try take("embedding_sets", or: 1) { Int($0) }
    settings.encoder.rank = try take("encoder_rank", or: 32) { Int($0) }
    settings.encoder.innerActivation = try take("encoder_inner_activation", or: .linear) {
      .init(rawValue: $0)
    }
    settings.tokens = try tokens()
    settings.wukong = try wukong()
    settings.fwfmLinear = try take("fwfm_linear", LinearTermKind.init(rawValue:))
    settings.fmfmField = try take("fmfm_field", ModelSettings.FmFMField.init(rawValue:))
    return settings
  }

  private mutating func tokens() throws -> TokenSettings {
    var tokens = TokenSettings()
    tokens.tokenizer = try take("tokenizer", or: tokens.tokenizer) { .init(rawValue: $0) }
    tokens.tokens = try take("num_tokens", or: tokens.tokens) { Int($0) }
    tokens.dimension = try take("token_dim", or: tokens.dimension) { Int($0) }
    tokens.tokenizerUnits = try take("tokenizer_hidden_units", or: [], Self.integers)
    tokens.blocks = try take("num_blocks", or: tokens.blocks) { Int($0) }
    tokens.feedForwardUnits = try take(
      "ffn_hidden_units", or: tokens.feedForwardUnits, Self.integers)
    tokens.expansion = try take("ffn_expansion", or: tokens.expansion) { Double($0) }
    tokens.normalization = try take("token_norm", or: false) { Bool($0) }
    return tokens
  }

  private mutating func wukong() throws -> WukongSettings {
    var wukong = WukongSettings()
    wukong.layers = try take("num_wukong_layers", or: wukong.layers) { Int($0) }
    wukong.fmbFeatures = try take("fmb_features", or: wukong.fmbFeatures) { Int($0) }
    wukong.lcbFeatures = try take("lcb_features", or: wukong.lcbFeatures) { Int($0) }
    wukong.rank = try take("fmb_rank", or: wukong.rank) { Int($0) }
    wukong.fmbUnits = try take("fmb_hidden_units", or: wukong.fmbUnits, Self.integers)
    return wukong
  }

  mutating func training() throws -> TrainingSettings {
    var settings = TrainingSettings()
    settings.embeddingUpdate = .dense
    settings.learningRate = try take("learning_rate") { Double($0) }
    settings.embeddingRegularizer = try take("embedding_regularizer") { Double($0) }
    settings.netRegularizer = try take("net_regularizer") { Double($0) }
    settings.maxGradientNorm = try take("max_gradient_norm") { Double($0) }
    return settings
  }

  func finish() throws {
    guard rest.isEmpty else { throw failure("unknown settings \(rest.keys.sorted())") }
  }

  private static func integers(_ text: String) -> [Int]? {
    let numbers = text.split(separator: ",").map { Int($0) }
    return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
  }

  private func failure(_ finding: String) -> TensorFile.Failure {
    TensorFile.Failure(description: "golden case \(name): \(finding)")
  }
}
