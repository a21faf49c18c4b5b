import LinearAlgebra
import Platform

/// The inner product-based neural network: `logit += Linear(MLP([x ; (⟨gᵢ, vⱼ⟩)_{i<j}]))` (Qu et
/// al., 2016; Yin et al., 2025).
///
/// The generated side is the left one, row i; discriminative, `gᵢ = vᵢ`. Beside the products the
/// perceptron reads the raw embedding in both paradigms.
final class IPNN: EmbeddingBackbone {
  var operations: Int { pairs.operations + source.operations }
  private let source: ObservedSource
  private let pairs: PairwiseVector
  private let dnn: Head
  private let products: Int
  private let pool: WorkerPool

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { nil }
  static let sourceFields = SourceFields.left

  init(_ builder: ModelBuilder) {
    let (context, shape) = (builder.context, builder.shape)
    dnn = builder.head(
      named: "dnn", inputs: shape.width + shape.pairs, builder.settings.deep)
    source = builder.source(named: "encoder", readBy: Self.sourceFields)
    pairs = PairwiseVector(context, shape)
    products = shape.pairs
    pool = context.pool
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    let generated = source.forward(embeddings, pass)
    let target = embeddings.target
    let input = dnn.input(rows: embeddings.batch)
    let raw = input.columns(0..<target.width)
    pool.tiles(of: raw.rows, size: 256) { rows in
      raw.rows(rows).copy(from: target.rows(rows).flattened)
    }
    pairs.forward(
      source: generated, target: target, into: input.columns(raw.columns..<input.columns))
    dnn.forward(pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let generated = source.graph(embeddings, graph)
    let products = pairs.graph(source: generated, target: embeddings, graph)
    return dnn.graph(graph.apply(.concatenate, to: [embeddings.flattened, products]), graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let (gradient, target) = (dnn.backward(logitGradient), gradients.target)
    let raw = gradient.columns(0..<target.width)
    pool.tiles(of: raw.rows, size: 256) { rows in
      target.rows(rows).flattened.add(raw.rows(rows))
    }
    let sourceGradient = source.outputGradient(within: gradients)
    pairs.backward(
      gradient.columns(raw.columns..<gradient.columns), addingTo: sourceGradient, target)
    source.backward(addingTo: gradients)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    switch point {
    case .interaction(0): dnn.lastInput.map { $0.columns($0.columns - products..<$0.columns) }
    case .final(0): dnn.lastHidden
    default: source.matrix(at: point)
    }
  }
}
