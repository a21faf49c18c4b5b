/// What the hidden layers of a multi-layer perceptron are made of.
public struct MLPSettings: Equatable, Sendable {
  /// Widths of the hidden layers, input side first.
  public var hiddenUnits: [Int] = []
  /// The non-linearity of every hidden layer.
  public var activation = ActivationKind.relu
  /// The share of a hidden layer's elements that training drops.
  public var dropout = 0.0
  /// Whether a hidden layer is normalised before its activation.
  public var batchNormalization = false
  /// Whether a hidden layer is divided by its root mean square before its activation.
  var rmsNormalization = false
  /// The defaults, with hidden layers of these widths.
  public init(hiddenUnits: [Int]) { self.hiddenUnits = hiddenUnits }
  /// The defaults: no hidden layer.
  public init() {}
}

/// The non-linearities that a configuration may choose.
public enum ActivationKind: String, CaseIterable, Sendable {
  /// `max(z, 0)`.
  case relu
  /// `tanh z`.
  case tanh
  /// `1 / (1 + e⁻ᶻ)`.
  case sigmoid
  /// `z · sigmoid(z)` (Elfwing et al., 2018).
  case silu
  /// `z` where positive, else `eᶻ − 1` (Clevert et al., 2016).
  case elu
  /// `z` where positive, else `a·z` with a trained slope (He et al., 2015).
  case prelu
  /// `z·Φ(z)` with the distribution function Φ of a standard normal (Hendrycks and Gimpel, 2016).
  case gelu
  /// `z`: no non-linearity.
  case linear
}
