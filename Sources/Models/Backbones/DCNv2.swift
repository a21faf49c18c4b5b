import LinearAlgebra

/// DCN V2, parallel: `logit += head([X_L ; MLP(x)])`, where `X_L` is CrossNet V2's (Wang et al.,
/// 2021; Yin et al., 2025).
///
/// The generated side is that of the cross layers; the perceptron reads the raw embedding in both
/// paradigms. No first-order term. Without hidden layers it is CrossNet V2; as there, with a
/// `target` the head reads interactions instead of `X_L`.
class DCNv2: Backbone {
  static let targets = CrossNet.targets
  var operations: Int { cross.operations }
  private let cross: CrossNetwork
  private let dnn: MLP
  private let head: Head
  private let crossed: Range<Int>
  private let deep: Range<Int>

  static func linearTerm(_: ModelSettings) -> LinearTermKind? { nil }
  static func operands(source: String) -> OperandNames? { CrossNet.operands(source: source) }

  /// What the head reads beside the perceptron.
  class func crossNetwork(_ builder: ModelBuilder) -> CrossNetwork { builder.crossNetwork() }

  required init(_ builder: ModelBuilder) {
    let (context, settings) = (builder.context, builder.settings)
    cross = Self.crossNetwork(builder)
    dnn = MLP(context.scoped("dnn"), inputs: builder.shape.width, settings.deep)
    crossed = 0..<cross.width
    deep = cross.width..<cross.width + dnn.width
    head = builder.head(inputs: deep.upperBound)
  }

  func forward(_ embeddings: Embeddings, _ pass: Pass, addingTo logits: MatrixView) {
    let input = head.input(rows: embeddings.batch)
    cross.forward(embeddings, pass, into: input.columns(crossed))
    dnn.forward(embeddings.input.flattened, pass, into: input.columns(deep))
    head.forward(pass, addingTo: logits)
  }

  func graph(_ embeddings: GraphVectors, _ graph: GraphBuilder) -> GraphValue {
    let parts = [cross.graph(embeddings, graph), dnn.graph(embeddings.flattened, graph)]
    return head.graph(graph.apply(.concatenate, to: parts), graph)
  }

  func backward(_ logitGradient: MatrixView, addingTo gradients: EmbeddingGradients) {
    let gradient = head.backward(logitGradient)
    cross.backward(gradient.columns(crossed), addingTo: gradients)
    dnn.backward(gradient.columns(deep), to: gradients.input.flattened, overwriting: false)
  }

  func matrix(at point: ProbePoint) -> MatrixView? {
    point == .final(0) ? head.lastInput : cross.matrix(at: point)
  }
}
