/// The non-linearities that a configuration may ask for, each built as a layer.
public enum ActivationKind: String, CaseIterable, Sendable {
  /// `max(z, 0)`.
  case relu
  /// `tanh z`.
  case tanh
  /// `1 / (1 + e⁻ᶻ)`.
  case sigmoid
  /// `z · sigmoid(z)`.
  case silu
  /// `z` where positive, else `eᶻ − 1`.
  case elu
  /// `z` where positive, else `a·z` with a slope that is trained.
  case prelu
  /// `z`: no non-linearity.
  case linear

  /// Builds the layer `scale · σ(z)`; what it trains begins with `name`.
  func makeLayer(
    _ blueprint: Blueprint, named name: String, scale: Double = 1, width: Int
  ) -> DenseLayer {
    func elementwise(_ activation: Activation) -> DenseLayer {
      ActivationLayer(blueprint, activation, scale: scale, width: width)
    }
    return switch self {
    case .relu: Rectifier(blueprint, scale: scale)
    case .tanh: elementwise(.tanh)
    case .sigmoid: elementwise(.sigmoid)
    case .silu: elementwise(.silu)
    case .elu: elementwise(.elu)
    case .prelu: ParametricRectifier(blueprint, named: name, scale: scale, width: width)
    case .linear: elementwise(.linear)
    }
  }
}
