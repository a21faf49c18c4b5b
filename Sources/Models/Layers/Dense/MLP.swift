import LinearAlgebra
import Platform

/// What the hidden layers of a multi-layer perceptron are made of.
public struct MLPSettings: Equatable, Sendable {
  /// Widths of the hidden layers, the one nearest the input first.
  public var hiddenUnits: [Int] = []
  /// The non-linearity of every hidden layer.
  public var activation = ActivationKind.relu
  /// The share of a hidden layer's elements that training drops.
  public var dropout = 0.0
  /// Whether a hidden layer is normalised before its activation.
  public var batchNormalization = false
  /// The defaults, with hidden layers of these widths.
  public init(hiddenUnits: [Int]) { self.hiddenUnits = hiddenUnits }
  /// The defaults: no hidden layer.
  public init() {}
}

/// A multi-layer perceptron: hidden layers of Linear, batch normalisation, activation and dropout, in this
/// order, and a last Linear where `outputs` says so.
///
/// Shapes: `[batch, inputs]` to `[batch, width]`, where `width` is `outputs` or the last hidden width.
final class MLP {
  /// The width of the output.
  let width: Int
  var parameters: [Parameter] {
    blocks.flatMap { $0.linear.parameters + $0.rest.flatMap(\.parameters) }
  }
  var statistics: [RunningStatistic] { blocks.flatMap { $0.rest.flatMap(\.statistics) } }
  private let blocks: [Block]

  /// A Linear layer, what follows it, and where the gradient of its input goes inside the perceptron.
  private struct Block {
    let linear: LinearLayer
    let rest: [DenseLayer]
    let inputGradient: Matrix?
  }

  /// Makes the layers `name.0`, `name.1`, … and `name.output`.
  init(
    _ blueprint: Blueprint, named name: String, from inputs: Int, _ settings: MLPSettings,
    outputs: Int? = nil
  ) {
    var blocks: [Block] = []
    var from = inputs
    for (index, units) in settings.hiddenUnits.enumerated() {
      let prefix = "\(name).\(index)"
      var rest: [DenseLayer] = []
      if settings.batchNormalization {
        rest.append(BatchNormalization(blueprint, named: "\(prefix).norm", width: units))
      }
      rest.append(
        settings.activation.makeLayer(blueprint, named: "\(prefix).activation", width: units))
      if settings.dropout > 0 {
        rest.append(Dropout(blueprint, named: "\(prefix).dropout", rate: settings.dropout))
      }
      // A bias before a batch normalisation changes nothing, but PyTorch's references keep it: so does this.
      blocks.append(
        Block(
          linear: LinearLayer(blueprint, named: prefix, from: from, to: units, bias: true),
          rest: rest, inputGradient: Self.gradient(blueprint, from, isFirst: index == 0)))
      from = units
    }
    if let outputs {
      blocks.append(
        Block(
          linear: LinearLayer(
            blueprint, named: "\(name).output", from: from, to: outputs, bias: true),
          rest: [], inputGradient: Self.gradient(blueprint, from, isFirst: blocks.isEmpty)))
      from = outputs
    }
    precondition(!blocks.isEmpty, "MLP \(name): no layers")
    self.blocks = blocks
    width = from
  }

  /// What the first layer read in the last forward.
  var lastInput: MatrixView? { blocks.first?.linear.input }
  /// What the last layer read in the last forward.
  var lastHidden: MatrixView? { blocks.last?.linear.input }

  /// The output of every row, valid until the next call.
  func forward(_ input: MatrixView, _ pass: Pass) -> MatrixView {
    blocks.reduce(input) { values, block in
      block.rest.reduce(block.linear.forward(values)) { $1.forward($0, pass) }
    }
  }

  /// Carries the output's gradient back; it is overwritten on the way.
  func backward(_ outputGradient: MatrixView, addingTo inputGradient: MatrixView) {
    var gradient = outputGradient
    for block in blocks.reversed() {
      for layer in block.rest.reversed() { gradient = layer.backward(gradient) }
      if let own = block.inputGradient?.view.rows(0..<gradient.rows) {
        block.linear.backward(gradient, to: own, overwriting: true)
        gradient = own
      } else {
        block.linear.backward(gradient, to: inputGradient, overwriting: false)
      }
    }
  }

  private static func gradient(_ blueprint: Blueprint, _ width: Int, isFirst: Bool) -> Matrix? {
    isFirst ? nil : Matrix(rows: blueprint.batchCapacity, columns: width)
  }
}
