import LinearAlgebra

/// RankMixer: tokens of the embeddings, blocks that mix them without weights, `logit += head(X_L)`
/// (Zhu et al., 2025; blocks and tokenizer as in RankElastor's public code).
///
/// The generated side is what each block mixes, `LayerNorm(X + mixed(G))` with one source per
/// block, which reads the block's tokens; discriminative, `G = X`. Every residual is raw.
class RankMixer: Backbone {
  static let targets = [TargetKind.all]
  static let hasSource = true
  static let encoderSources = [EncoderSource.all, .own]
  var operations: Int { blocks.reduce(0) { $0 + $1.operations } }
  private let tokenizer: Tokenizer
  private let blocks: [TokenBlock]
  private let head: Head

  class func linearTerm(_: ModelSettings) -> LinearTermKind? { nil }
  class func operands(source: String) -> OperandNames? { nil }

  /// The block whose names begin with the context's scope.
  class func block(_ context: LayerContext, _ builder: ModelBuilder) -> TokenBlock {
    let settings = builder.settings.tokens
    let mixing = PermutedTokenMixing(
      context.scoped("mixing"), settings,
      source: builder.tokenSource(context.scoped("encoder")))
    let layers = TokenLayers(plain: context.scoped("ffn"), settings)
    return TokenBlock(context, settings, mixing: mixing, layers: layers)
  }

  required init(_ builder: ModelBuilder) {
    let (context, settings) = (builder.context, builder.settings)
    tokenizer = Tokenizer(
      context.scoped("tokenizer"), inputs: builder.shape.width, settings.tokens)
    blocks = (0..<settings.tokens.blocks).map { Self.block(context.scoped("block.\($0)"), builder) }
    head = builder.head(inputs: settings.tokens.width)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    var tokens = tokenizer.forward(embeddings.target.flattened, pass)
    for block in blocks { tokens = block.forward(tokens, pass) }
    head.forward(tokens, pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let tokens = tokenizer.graph(embeddings.flattened, graph)
    return head.graph(blocks.reduce(tokens) { $1.graph($0, graph) }, graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    var gradient = head.backward(logitGradient)
    for block in blocks.reversed() { gradient = block.backward(gradient) }
    tokenizer.backward(gradient, addingTo: gradients.target.flattened)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .encoder(let block) where blocks.indices.contains(block): blocks[block].generated
    case .interaction(let block) where blocks.indices.contains(block): blocks[block].lastOutput
    case .final(0): head.lastInput
    default: nil
    }
  }
}
