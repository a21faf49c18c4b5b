import Glibc
import LinearAlgebra
import Platform

/// An element-wise non-linearity σ with its derivative; nothing of it is trained.
protocol ElementwiseActivation {
  /// `scale · σ(z)`.
  static func value(_ z: Scalar, scale: Scalar) -> Scalar
  /// `σ(z)` as an operation of a graph.
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue
  /// `scale · σ′(z) · gradient`.
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar
}

/// An activation as a layer: `output = scale · σ(input)`.
///
/// Keeps the input for backward.
final class ActivationLayer<Activation: ElementwiseActivation>: RowLayer {
  let pool: WorkerPool
  private let scale: Scalar
  private let output: Matrix
  private var input: MatrixView?
  private var outputGradient: MatrixView?

  init(_ context: LayerContext, scale: Double = 1, width: Int) {
    self.scale = Scalar(scale)
    output = context.matrix(columns: width)
    pool = context.pool
  }

  func begin(_ values: MatrixView, _ pass: Pass) -> MatrixView {
    input = values
    return output.view.rows(0..<values.rows)
  }

  func forward(rows: Range<Int>) {
    guard let input else { preconditionFailure("ActivationLayer: forward before begin") }
    let scale = scale
    for row in rows {
      let (z, y) = (input.row(row), output.view.row(row))
      for column in 0..<input.columns { y[column] = Activation.value(z[column], scale: scale) }
    }
  }

  func graph(_ values: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.scale(Activation.graph(values, graph), by: scale)
  }

  /// The input's gradient replaces the input.
  func begin(gradient: MatrixView) -> MatrixView {
    guard let input else { preconditionFailure("ActivationLayer: backward before forward") }
    outputGradient = gradient
    return input
  }

  func backward(rows: Range<Int>) {
    guard let input, let outputGradient else {
      preconditionFailure("ActivationLayer: backward before begin")
    }
    let scale = scale
    for row in rows {
      let (z, g) = (input.row(row), outputGradient.row(row))
      for column in 0..<input.columns {
        z[column] = Activation.gradient(z[column], scale: scale, g[column])
      }
    }
  }
}

/// `max(z, 0)`, with its input kept; `Rectifier` works in place.
enum ReLU: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { z > 0 ? scale * z : 0 }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    z > 0 ? scale * gradient : 0
  }
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(.relu, to: [z])
  }
}

/// `tanh z`.
enum Tanh: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { scale * tanh(z) }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    let output = tanh(z)
    return scale * (1 - output * output) * gradient
  }
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(.tanh, to: [z])
  }
}

/// `1 / (1 + e⁻ᶻ)`.
enum Sigmoid: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { scale * Logistic.sigmoid(z) }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    let output = Logistic.sigmoid(z)
    return scale * output * (1 - output) * gradient
  }
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(.sigmoid, to: [z])
  }
}

/// `z · sigmoid(z)`.
enum SiLU: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { scale * z * Logistic.sigmoid(z) }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    let gate = Logistic.sigmoid(z)
    return scale * gate * (1 + z * (1 - gate)) * gradient
  }
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(.multiply, to: [z, graph.apply(.sigmoid, to: [z])])
  }
}

/// `z` where positive, else `eᶻ − 1`.
enum ELU: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { scale * (z > 0 ? z : expm1(z)) }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    scale * (z > 0 ? 1 : exp(z)) * gradient
  }
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    graph.apply(.elu, to: [z])
  }
}

/// `z·Φ(z)`, exact: `Φ(z) = ½·(1 + erf(z/√2))`, with the derivative `Φ(z) + z·φ(z)`.
enum GELU: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { scale * z * distribution(z) }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    let density = exp(-z * z / 2) / (2 * Scalar.pi).squareRoot()
    return scale * (distribution(z) + z * density) * gradient
  }
  static func graph(_ z: GraphValue, _ graph: GraphBuilder) -> GraphValue {
    let erf = graph.apply(.erf, to: [graph.scale(z, by: Scalar(0.5).squareRoot())])
    return graph.apply(.multiply, to: [graph.scale(z, by: 0.5), graph.add(1, to: erf)])
  }

  @inline(__always)
  private static func distribution(_ z: Scalar) -> Scalar {
    (1 + erf(z * Scalar(0.5).squareRoot())) / 2
  }
}

/// `z`: no non-linearity.
enum Identity: ElementwiseActivation {
  @inline(__always)
  static func value(_ z: Scalar, scale: Scalar) -> Scalar { scale * z }
  @inline(__always)
  static func gradient(_ z: Scalar, scale: Scalar, _ gradient: Scalar) -> Scalar {
    scale * gradient
  }
  static func graph(_ z: GraphValue, _: GraphBuilder) -> GraphValue { z }
}

extension ActivationKind {
  /// Builds the layer `scale · σ(z)` in the context's scope.
  func makeLayer(_ context: LayerContext, scale: Double = 1, width: Int) -> DenseLayer {
    switch self {
    case .relu: Rectifier(context, scale: scale)
    case .tanh: ActivationLayer<Tanh>(context, scale: scale, width: width)
    case .sigmoid: ActivationLayer<Sigmoid>(context, scale: scale, width: width)
    case .silu: ActivationLayer<SiLU>(context, scale: scale, width: width)
    case .elu: ActivationLayer<ELU>(context, scale: scale, width: width)
    case .prelu: ParametricRectifier(context, scale: scale, width: width)
    case .gelu: ActivationLayer<GELU>(context, scale: scale, width: width)
    case .linear: ActivationLayer<Identity>(context, scale: scale, width: width)
    }
  }
}
