import LinearAlgebra
import Platform

/// One hidden layer of a perceptron: Linear, batch normalisation where the settings say so, activation, dropout.
///
/// What works row by row is done to a tile of rows as soon as a product has written it, forward and backward.
final class HiddenLayer {
  var parameters: [Parameter] {
    linear.parameters + (normalization?.parameters ?? []) + chain.parameters
      + rest.flatMap(\.parameters)
  }
  var statistics: [RunningStatistic] {
    (normalization?.statistics ?? []) + chain.statistics + rest.flatMap(\.statistics)
  }
  /// What the last forward read.
  var input: MatrixView? { linear.input }
  private let linear: LinearLayer
  private let normalization: BatchNormalization?
  /// The row layers that follow at once, and whatever comes behind them.
  private let chain: RowChain
  private let rest: [DenseLayer]
  private let pool: WorkerPool
  /// Between `begin` and `backward`: the gradient behind the chain.
  private var delta: MatrixView?

  init(
    _ blueprint: Blueprint, named name: String, from inputs: Int, to units: Int,
    _ settings: MLPSettings
  ) {
    // A bias before a batch normalisation changes nothing, but PyTorch's references keep it: so does this.
    linear = LinearLayer(blueprint, named: name, from: inputs, to: units, bias: true)
    normalization =
      settings.batchNormalization
      ? BatchNormalization(blueprint, named: "\(name).norm", width: units) : nil
    var layers = [
      settings.activation.makeLayer(blueprint, named: "\(name).activation", width: units)
    ]
    if settings.dropout > 0 {
      layers.append(Dropout(blueprint, named: "\(name).dropout", rate: settings.dropout))
    }
    let rowLayers = layers.prefix { $0 is RowLayer }
    chain = RowChain(rowLayers.compactMap { $0 as? RowLayer }, pool: blueprint.pool)
    rest = Array(layers.dropFirst(rowLayers.count))
    pool = blueprint.pool
  }

  /// The output of every row, valid until the next call.
  func forward(_ input: MatrixView, _ pass: Pass) -> MatrixView {
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

  /// Takes note of where the output's gradient lies, or will: `backward(rows:)` is called for each tile of it.
  func begin(gradient: MatrixView) {
    delta = rest.isEmpty ? chain.begin(gradient: gradient) : gradient
  }

  /// Carries a tile of the output's gradient back through the row layers, on the calling thread.
  func backward(rows: Range<Int>) {
    if rest.isEmpty { chain.backward(rows: rows) }
  }

  /// Carries the gradient back to the input, once all its rows are there; `finish` gets each tile of the input's.
  func backward(
    to inputGradient: MatrixView, overwriting: Bool, finish: (Range<Int>) -> Void = { _ in }
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
