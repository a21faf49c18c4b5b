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

/// The hidden layers of a multi-layer perceptron: Linear, batch normalisation, activation and dropout, in this order.
///
/// Shapes: `[batch, inputs]` to `[batch, width]`, where `width` is the last hidden width; without layers the output is
/// the input.
final class MLP {
  /// The width of the output.
  let width: Int
  var parameters: [Parameter] { layers.flatMap(\.parameters) }
  var statistics: [RunningStatistic] { layers.flatMap(\.statistics) }
  private let layers: [HiddenLayer]
  private let widths: [Int]
  private let gradients: LentMatrix

  /// Makes the layers `name.0`, `name.1`, ….
  init(_ blueprint: Blueprint, named name: String, from inputs: Int, _ settings: MLPSettings) {
    let widths = [inputs] + settings.hiddenUnits
    layers = settings.hiddenUnits.indices.map { index in
      HiddenLayer(
        blueprint, named: "\(name).\(index)", from: widths[index], to: widths[index + 1], settings)
    }
    gradients = blueprint.gradients
    for units in settings.hiddenUnits {
      gradients.reserve(rows: blueprint.batchCapacity, columns: units)
    }
    self.widths = settings.hiddenUnits
    width = widths[widths.count - 1]
  }

  /// What the first layer read in the last forward; nil without layers.
  var lastInput: MatrixView? { layers.first?.input }

  /// The output of every row, valid until the next call.
  func forward(_ input: MatrixView, _ pass: Pass) -> MatrixView {
    layers.reduce(input) { $1.forward($0, pass) }
  }

  /// Carries the output's gradient back, added to, or in place of, the input's.
  ///
  /// The gradients of all layers' outputs have one place, one after another: an activation takes its own out of there
  /// before a product writes the next.
  /// `writeGradient` writes the output's gradient to the matrix it is given, or adds it where the second argument is
  /// false, and calls the third with each tile of rows as soon as that is there.
  func backward(
    to inputGradient: MatrixView, overwriting: Bool,
    _ writeGradient: (MatrixView, Bool, (Range<Int>) -> Void) -> Void
  ) {
    guard let last = layers.last else { return writeGradient(inputGradient, overwriting) { _ in } }
    let rows = inputGradient.rows
    let memory = gradients.borrow(rows: rows, columns: widths.max() ?? 0).base
    defer { gradients.giveBack() }
    func gradient(of layer: Int) -> MatrixView {
      MatrixView(base: memory, rows: rows, columns: widths[layer], stride: widths[layer])
    }
    let outputGradient = gradient(of: layers.count - 1)
    last.begin(gradient: outputGradient)
    writeGradient(outputGradient, true) { last.backward(rows: $0) }
    for index in stride(from: layers.count - 1, to: 0, by: -1) {
      let (below, gradient) = (layers[index - 1], gradient(of: index - 1))
      below.begin(gradient: gradient)
      layers[index].backward(to: gradient, overwriting: true) { below.backward(rows: $0) }
    }
    layers[0].backward(to: inputGradient, overwriting: overwriting)
  }
}
