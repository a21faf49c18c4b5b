import LinearAlgebra
import Platform

/// Wukong: layers of factorisation machine and linear compression blocks,
/// `logit += Linear(MLP(X_L))` (Zhang et al., 2024; as in FuxiCTR).
///
/// The generated side is the one of the first layer's factorisation machine block, source i in `Σⱼ
/// ⟨gᵢ, vⱼ⟩·Y_{jk}`; the compression, the residual and later layers read raw vectors: an encoder
/// there would be as wide as all vectors of a layer. Discriminative, `gᵢ = vᵢ`. The layer
/// normalisation behind the block cancels γ, unless the encoder is residual.
final class Wukong: EmbeddingBackbone {
  var operations: Int { layers.reduce(source.operations) { $0 + $1.operations } }
  private let source: ObservedSource
  private let layers: [WukongLayer]
  private let dnn: Head
  private let stateGradients: [Matrix]
  private let dimension: Int
  private let pool: WorkerPool

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { nil }

  init(_ builder: ModelBuilder) {
    let (context, settings, shape) = (builder.context, builder.settings.wukong, builder.shape)
    source = builder.source(named: "encoder")
    let later = FieldShape(fields: settings.features, dimension: shape.dimension)
    layers = (0..<settings.layers).map { layer in
      WukongLayer(context.scoped("wukong.\(layer)"), layer == 0 ? shape : later, settings)
    }
    stateGradients = layers.dropFirst().map { _ in context.matrix(columns: later.width) }
    dnn = builder.head(named: "dnn", inputs: later.width, builder.settings.deep)
    (dimension, pool) = (shape.dimension, context.pool)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    var state = layers[0].forward(source: generated, state: embeddings.target, pass)
    for layer in layers.dropFirst() { state = layer.forward(source: state, state: state, pass) }
    dnn.forward(state.flattened, pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let generated = source.graph(embeddings, graph)
    let first = layers[0].graph(source: generated, state: embeddings, graph)
    let last = layers.dropFirst().reduce(first) { $1.graph(source: $0, state: $0, graph) }
    return dnn.graph(last.flattened, graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    var gradient = dnn.backward(logitGradient)
    for layer in stride(from: layers.count - 1, to: 0, by: -1) {
      let below = stateGradients[layer - 1].view.rows(0..<gradient.rows)
      pool.tiles(of: below.rows, size: 64) { below.rows($0).fill(0) }
      let tensor = FieldTensor(below, fields: below.columns / dimension)
      layers[layer].backward(gradient, addingTo: tensor) { tensor }
      gradient = below
    }
    layers[0].backward(gradient, addingTo: gradients.target) {
      source.outputGradient(within: gradients)
    }
    source.backward(addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .interaction(let layer) where layers.indices.contains(layer): layers[layer].lastOutput
    case .final(0): dnn.lastHidden
    default: source.matrix(at: point)
    }
  }
}
