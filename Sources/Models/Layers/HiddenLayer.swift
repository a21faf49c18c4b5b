import LinearAlgebra
import Platform

/// One hidden layer of a perceptron: Linear, normalisation if configured, activation, dropout.
///
/// Row layers process each tile of rows as soon as a product has written it, forward and backward.
final class HiddenLayer {
  /// What the last forward read.
  var input: MatrixView? { linear.input?.matrix }
  private let linear: LinearLayer
  private let normalization: BatchNormalization?
  /// The row layers that follow at once, and the layers after them.
  private let chain: RowChain
  private let rest: [DenseLayer]
  private let pool: WorkerPool
  /// Between `begin` and `backward`: the gradient of the chain's input.
  private var delta: MatrixView?

  init(_ context: LayerContext, inputs: Int, outputs units: Int, _ settings: MLPSettings) {
    // A bias before batch normalisation has no effect, but PyTorch's references keep it: so does
    // this.
    linear = LinearLayer(context, inputs: inputs, outputs: units, bias: true)
    normalization =
      settings.batchNormalization ? BatchNormalization(context.scoped("norm"), width: units) : nil
    var layers = [
      settings.activation.makeLayer(context.scoped("activation"), width: units)
    ]
    if settings.rmsNormalization {
      layers.insert(RMSNormalization(context.scoped("norm"), width: units), at: 0)
    }
    if settings.dropout > 0 {
      layers.append(Dropout(context.scoped("dropout"), rate: settings.dropout))
    }
    let rowLayers = layers.prefix { $0 is RowLayer }
    chain = RowChain(rowLayers.compactMap { $0 as? RowLayer }, pool: context.pool)
    rest = Array(layers.dropFirst(rowLayers.count))
    pool = context.pool
  }

  /// The output of every row, valid until the next call.
  func forward(_ input: LayerInput, _ pass: Pass) -> MatrixView {
    let output: MatrixView
    if let normalization {
      output = chain.begin(normalization.begin(linear.forward(input), pass), pass)
      pool.tiles(of: input.rows, size: 64) { rows in
        normalization.forward(rows: rows)
        chain.forward(rows: rows)
      }
    } else {
      output = linear.forward(input, through: chain, pass)
    }
    return rest.reduce(output) { $1.forward($0, pass) }
  }

  /// The layer as operations of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let product = linear.graph(input, graph)
    let output = chain.graph(normalization?.graph(product, graph) ?? product, graph)
    return rest.reduce(output) { $1.graph($0, graph) }
  }

  /// Notes where the output's gradient is or will be: `backward(rows:)` is called for each tile of
  /// it.
  func begin(gradient: MatrixView) {
    delta = rest.isEmpty ? chain.begin(gradient: gradient) : gradient
  }

  /// Carries a tile of the output's gradient back through the row layers, on the calling thread.
  func backward(rows: Range<Int>) { if rest.isEmpty { chain.backward(rows: rows) } }

  /// Carries the complete gradient back to the input; `finish` gets each tile of the input's.
  func backward(
    to inputGradient: LayerGradient, overwriting: Bool, finish: (Range<Int>) -> Void = { _ in }
  ) {
    guard var delta else { preconditionFailure("HiddenLayer: backward before begin") }
    if !rest.isEmpty {
      for layer in rest.reversed() { delta = layer.backward(delta) }
      delta = chain.backward(delta)
    }
    if let normalization { delta = normalization.backward(delta) }
    linear.backward(delta, to: inputGradient, overwriting: overwriting, finish: finish)
  }
}
