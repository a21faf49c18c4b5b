import CXXHash
import LinearAlgebra
import Platform

/// How the weights of a new model begin.
public enum InitialWeights: Equatable, Sendable {
  /// Drawn from a seed, to be trained.
  case drawn(seed: UInt64)
  /// Zeros, which take no memory: for a model that is only counted, or read from a file.
  case zero
}

/// How one parameter begins.
enum InitialValue {
  /// The same number everywhere.
  case constant(Scalar)
  /// N(0, deviation²).
  case normal(deviation: Double)
  /// N(0, 2/(in + out)) (Glorot and Bengio, 2010).
  case xavierNormal
}

/// Draws initial weights that depend only on the seed, the parameter's name and the element's
/// position.
public struct Initializer {
  private let weights: InitialWeights
  private let pool: WorkerPool

  /// Draws on the threads of a pool.
  public init(_ weights: InitialWeights, pool: WorkerPool) {
    self.weights = weights
    self.pool = pool
  }

  private var seed: UInt64 {
    switch weights {
    case .drawn(let seed): seed
    case .zero: 0
    }
  }

  /// The random numbers that belong to a name: a parameter's initial values, a layer's dropout.
  func random(for name: String) -> CounterRandom {
    let stream = Array(name.utf8).withUnsafeBytes { sfg_xxh3_64($0.baseAddress, $0.count, 0) }
    return CounterRandom(seed: seed, stream: stream)
  }

  /// Fills a parameter as `initial` describes.
  func fill(_ parameter: Parameter, _ initial: InitialValue) {
    switch initial {
    case .constant(let number): if number != 0 { parameter.value.view.fill(number) }
    case .normal(let deviation): normal(parameter, deviation: deviation)
    case .xavierNormal: xavierNormal(parameter)
    }
  }

  /// Fills a parameter with N(0, deviation²).
  public func normal(_ parameter: Parameter, deviation: Double) {
    guard weights != .zero else { return }
    let random = random(for: parameter.name)
    let (value, columns) = (parameter.value.view, parameter.value.columns)
    pool.tiles(of: parameter.count, size: 1 << 9) { range in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { numbers in
        random.normals(from: UInt64(range.lowerBound), into: numbers)
        var (row, column) = range.lowerBound.quotientAndRemainder(dividingBy: columns)
        for number in numbers {
          value[row, column] = Scalar(deviation * number)
          column += 1
          if column == columns { (row, column) = (row + 1, 0) }
        }
      }
    }
  }

  /// Fills an `[out, in]` weight with N(0, 2/(in + out)) (Glorot and Bengio, 2010).
  ///
  /// A vector counts as `[1, in]`. In `[out, in, n]` both fans count `n` times, as in PyTorch.
  public func xavierNormal(_ parameter: Parameter) {
    let shape = parameter.shape.count == 1 ? [1] + parameter.shape : parameter.shape
    let fans = (shape[0] + shape[1]) * shape.dropFirst(2).reduce(1, *)
    normal(parameter, deviation: (2 / Double(fans)).squareRoot())
  }
}
