import Glibc
import LinearAlgebra

/// An element-wise non-linearity σ with its derivative.
public enum Activation: Sendable {
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
  /// `z`: no non-linearity.
  case linear

  /// `output = scale · σ(input)`, element by element.
  public func forward(
    _ input: UnsafePointer<Scalar>, scale: Scalar, into output: UnsafeMutablePointer<Scalar>,
    count: Int
  ) {
    switch self {
    case .relu: for i in 0..<count { output[i] = input[i] > 0 ? scale * input[i] : 0 }
    case .tanh: for i in 0..<count { output[i] = scale * Glibc.tanh(input[i]) }
    case .sigmoid: for i in 0..<count { output[i] = scale * Self.logistic(input[i]) }
    case .silu: for i in 0..<count { output[i] = scale * input[i] * Self.logistic(input[i]) }
    case .elu:
      for i in 0..<count { output[i] = scale * (input[i] > 0 ? input[i] : expm1(input[i])) }
    case .linear: for i in 0..<count { output[i] = scale * input[i] }
    }
  }

  /// `values = scale · σ′(values) · outputGradient`: the pre-activations give way to their gradient.
  public func backward(
    replacing values: UnsafeMutablePointer<Scalar>, scale: Scalar,
    outputGradient: UnsafePointer<Scalar>, count: Int
  ) {
    switch self {
    case .relu:
      for i in 0..<count { values[i] = values[i] > 0 ? scale * outputGradient[i] : 0 }
    case .tanh:
      for i in 0..<count {
        let output = Glibc.tanh(values[i])
        values[i] = scale * (1 - output * output) * outputGradient[i]
      }
    case .sigmoid:
      for i in 0..<count {
        let output = Self.logistic(values[i])
        values[i] = scale * output * (1 - output) * outputGradient[i]
      }
    case .silu:
      for i in 0..<count {
        let gate = Self.logistic(values[i])
        values[i] = scale * gate * (1 + values[i] * (1 - gate)) * outputGradient[i]
      }
    case .elu:
      for i in 0..<count {
        values[i] = scale * (values[i] > 0 ? 1 : exp(values[i])) * outputGradient[i]
      }
    case .linear: for i in 0..<count { values[i] = scale * outputGradient[i] }
    }
  }

  /// `1 / (1 + e⁻ᶻ)`, which neither overflows nor loses digits for large |z|.
  @inline(__always)
  static func logistic(_ z: Scalar) -> Scalar {
    guard z < 0 else { return 1 / (1 + exp(-z)) }
    let e = exp(z)
    return e / (1 + e)
  }
}
