import CXXHash
import LinearAlgebra
import Platform

/// What the weights of a new model are.
public enum InitialWeights: Equatable, Sendable {
  /// Drawn from a seed, to be trained.
  case drawn(seed: UInt64)
  /// Zeros, which take no memory: for a model that is counted, or read from a file.
  case zero
}

/// Draws initial weights that depend on the seed, the parameter's name and the element's position alone.
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

  /// The random numbers of whatever has a name: a parameter's initial values, a layer's dropout.
  func random(for name: String) -> CounterRandom {
    let stream = Array(name.utf8).withUnsafeBytes { sfg_xxh3_64($0.baseAddress, $0.count, 0) }
    return CounterRandom(seed: seed, stream: stream)
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
  /// A vector is `[1, in]`. Of `[out, in, n]` PyTorch counts both fans `n` times, and so does this.
  public func xavierNormal(_ parameter: Parameter) {
    let shape = parameter.shape.count == 1 ? [1] + parameter.shape : parameter.shape
    let fans = (shape[0] + shape[1]) * shape.dropFirst(2).reduce(1, *)
    normal(parameter, deviation: (2 / Double(fans)).squareRoot())
  }
}
