import LinearAlgebra
import Platform

/// The hidden layers of a multi-layer perceptron: Linear, batch normalisation, activation and
/// dropout, in this order.
///
/// Shapes: `[batch, inputs]` to `[batch, width]`, where `width` is the last hidden width; without
/// layers the output is the input.
final class MLP {
  /// The width of the output.
  let width: Int
  private let layers: [HiddenLayer]
  private let widths: [Int]
  private let scratch: SharedScratch
  private let pool: WorkerPool

  /// Makes the layers `0`, `1`, …, or others that follow one another, in the context's scope.
  init(_ context: LayerContext, inputs: Int, _ settings: MLPSettings, firstLayer: Int = 0) {
    let widths = [inputs] + settings.hiddenUnits
    layers = settings.hiddenUnits.indices.map { index in
      HiddenLayer(
        context.scoped("\(firstLayer + index)"), inputs: widths[index], outputs: widths[index + 1],
        settings)
    }
    (scratch, pool) = (context.scratch, context.pool)
    for units in settings.hiddenUnits {
      scratch.reserve(rows: context.batchCapacity, columns: units)
    }
    self.widths = settings.hiddenUnits
    width = widths[widths.count - 1]
  }

  /// What the first layer read in the last forward; nil without layers.
  var lastInput: MatrixView? { layers.first?.input }

  /// The output of every row, valid until the next call.
  func forward(_ input: LayerInput, _ pass: Pass) -> MatrixView {
    guard let first = layers.first else { return input.matrix }
    return layers.dropFirst().reduce(first.forward(input, pass)) { $1.forward(.dense($0), pass) }
  }

  /// Writes the output of every row.
  func forward(_ input: LayerInput, _ pass: Pass, into output: MatrixView) {
    let values = forward(input, pass)
    pool.tiles(of: output.rows, size: 64) { output.rows($0).copy(from: values.rows($0)) }
  }

  /// The layers as operations of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    layers.reduce(input) { $1.graph($0, graph) }
  }

  /// Carries the output's gradient back, added to, or written to, the input's.
  func backward(
    _ outputGradient: MatrixView, to inputGradient: LayerGradient, overwriting: Bool
  ) {
    backward(to: inputGradient, overwriting: overwriting) { target, overwriting, finish in
      pool.tiles(of: target.rows, size: 64) { rows in
        let (target, gradient) = (target.rows(rows), outputGradient.rows(rows))
        if overwriting { target.copy(from: gradient) } else { target.add(gradient) }
        finish(rows)
      }
    }
  }

  /// The same where the output's gradient is computed in its place.
  ///
  /// The gradients of all layers' outputs share one place, one after another: an activation moves
  /// its own out of there before a product writes the next. `writeGradient` writes the output's
  /// gradient to the matrix it is given, or adds it where the second argument is false, and calls
  /// the third with each tile of rows as soon as that is written.
  func backward(
    to inputGradient: LayerGradient, overwriting: Bool,
    _ writeGradient: (MatrixView, Bool, (Range<Int>) -> Void) -> Void
  ) {
    guard let last = layers.last else {
      return writeGradient(inputGradient.matrix, overwriting) { _ in }
    }
    let rows = inputGradient.matrix.rows
    let memory = scratch.borrow(rows: rows, columns: widths.max() ?? 0).base
    defer { scratch.giveBack() }
    func gradient(of layer: Int) -> MatrixView {
      MatrixView(base: memory, rows: rows, columns: widths[layer], stride: widths[layer])
    }
    let outputGradient = gradient(of: layers.count - 1)
    last.begin(gradient: outputGradient)
    writeGradient(outputGradient, true) { last.backward(rows: $0) }
    for index in stride(from: layers.count - 1, to: 0, by: -1) {
      let (below, gradient) = (layers[index - 1], gradient(of: index - 1))
      below.begin(gradient: gradient)
      layers[index].backward(to: .dense(gradient), overwriting: true) { below.backward(rows: $0) }
    }
    layers[0].backward(to: inputGradient, overwriting: overwriting)
  }
}

/// A perceptron whose last layer gives the logit: `logit += Linear(MLP(x))`, `x` of shape
/// `[batch, inputs]`.
///
/// A backbone asks its builder for one, and cannot tell whether the embeddings have one set or
/// several.
protocol LogitPerceptron: AnyObject {
  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { get }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { get }
  /// Adds the logit of each row of the input.
  func forward(_ input: LayerInput, _ pass: Pass, addingTo logits: MatrixView)
  /// The perceptron's part of the logit as operations of a graph.
  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue
  /// Carries the gradient back for the batch of the last forward, added to, or written to, the
  /// input's.
  func backward(_ logitGradient: MatrixView, to inputGradient: LayerGradient, overwriting: Bool)
}

/// The perceptron of one set of embeddings.
final class LogitMLP: LogitPerceptron {
  private let mlp: MLP
  private let output: LogitLayer

  /// Makes the hidden layers `0`, `1`, …, or others that follow one another, and `output` in the
  /// context's scope.
  init(_ context: LayerContext, inputs: Int, _ settings: MLPSettings, firstLayer: Int = 0) {
    mlp = MLP(context, inputs: inputs, settings, firstLayer: firstLayer)
    output = LogitLayer(context.scoped("output"), inputs: mlp.width)
  }

  var lastInput: MatrixView? { mlp.lastInput ?? output.input }
  var lastHidden: MatrixView? { output.input }

  func forward(_ input: LayerInput, _ pass: Pass, addingTo logits: MatrixView) {
    output.forward(mlp.forward(input, pass), addingTo: logits)
  }

  func graph(_ input: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    output.graph(mlp.graph(input, graph), graph)
  }

  func backward(_ logitGradient: MatrixView, to inputGradient: LayerGradient, overwriting: Bool) {
    mlp.backward(to: inputGradient, overwriting: overwriting) { gradient, overwriting, finish in
      output.backward(logitGradient, to: gradient, overwriting: overwriting, finish: finish)
    }
  }
}
