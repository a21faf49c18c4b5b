/// One row of `Σ_{i<j} ⟨lᵢ ⊙ m_{ij}, rⱼ⟩` and of its gradients, with one weight vector per pair.
///
/// Pairs are in the order (0,1), (0,2), …, (1,2), …; `m` is `[pairs, dimension]`. `right` and its
/// gradient begin at field 1, because no pair has field 0 on the right.
public enum DiagonalPairKernel {
  /// `Σᵢ ⟨lᵢ, Σ_{j>i} m_{ij} ⊙ rⱼ⟩` of one row.
  public static func sum(
    left: UnsafePointer<Scalar>, right: UnsafePointer<Scalar>, weights: UnsafePointer<Scalar>,
    fields: Int, dimension: Int
  ) -> Scalar {
    var sum = Sum(left: left, right: right, weights: weights, fields: fields, dimension: dimension)
    sum.run(count: dimension)
    return sum.total
  }

  /// `leftGradient_i += g·Σ_{j>i} m_{ij} ⊙ rⱼ` and `rightGradient_j += g·Σ_{i<j} m_{ij} ⊙ lᵢ`; the
  /// operands may coincide, and so may their gradients.
  public static func addGradients(
    _ gradient: Scalar, left: UnsafePointer<Scalar>, right: UnsafePointer<Scalar>,
    weights: UnsafePointer<Scalar>, leftGradient: UnsafeMutablePointer<Scalar>,
    rightGradient: UnsafeMutablePointer<Scalar>, fields: Int, dimension: Int
  ) {
    var gradients = Gradients(
      gradient: gradient, left: left, right: right, weights: weights, leftGradient: leftGradient,
      rightGradient: rightGradient, fields: fields, dimension: dimension)
    gradients.run(count: dimension)
  }

  /// `weightGradient_{ij} += g·lᵢ ⊙ rⱼ` for one field `i` and the `later` fields after it.
  public static func addWeightGradients(
    _ gradient: Scalar, left: UnsafePointer<Scalar>, laterRight: UnsafePointer<Scalar>,
    later: Int, dimension: Int, to weightGradient: UnsafeMutablePointer<Scalar>
  ) {
    var gradients = WeightGradients(
      gradient: gradient, left: left, laterRight: laterRight, later: later, dimension: dimension,
      weightGradient: weightGradient)
    gradients.run(count: dimension)
  }

  private struct Sum: ChunkKernel {
    let left: UnsafePointer<Scalar>
    let right: UnsafePointer<Scalar>
    let weights: UnsafePointer<Scalar>
    let fields: Int
    let dimension: Int
    var total: Scalar = 0

    @inline(__always)
    mutating func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      var products = Chunk.zero
      var weight = weights + start
      for field in 0..<fields {
        var suffix = Chunk.zero
        for other in field + 1..<fields {
          suffix.addProduct(Chunk.load(weight), Chunk.load(right + (other - 1) * dimension + start))
          weight += dimension
        }
        products.addProduct(Chunk.load(left + field * dimension + start), suffix)
      }
      total += products.sum()
    }
  }

  private struct Gradients: ChunkKernel {
    let gradient: Scalar
    let left: UnsafePointer<Scalar>
    let right: UnsafePointer<Scalar>
    let weights: UnsafePointer<Scalar>
    let leftGradient: UnsafeMutablePointer<Scalar>
    let rightGradient: UnsafeMutablePointer<Scalar>
    let fields: Int
    let dimension: Int

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      var weight = weights + start
      for field in 0..<fields {
        var own = Chunk.zero
        own.addProduct(Chunk.load(left + field * dimension + start), gradient)
        var suffix = Chunk.zero
        var offset = field * dimension + start
        for _ in field + 1..<fields {
          let factors = Chunk.load(weight)
          suffix.addProduct(factors, Chunk.load(right + offset))
          var otherGradient = Chunk.load(rightGradient + offset)
          otherGradient.addProduct(factors, own)
          otherGradient.store(rightGradient + offset)
          weight += dimension
          offset += dimension
        }
        var ownGradient = Chunk.load(leftGradient + field * dimension + start)
        ownGradient.addProduct(suffix, gradient)
        ownGradient.store(leftGradient + field * dimension + start)
      }
    }
  }

  private struct WeightGradients: ChunkKernel {
    let gradient: Scalar
    let left: UnsafePointer<Scalar>
    let laterRight: UnsafePointer<Scalar>
    let later: Int
    let dimension: Int
    let weightGradient: UnsafeMutablePointer<Scalar>

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      var own = Chunk.zero
      own.addProduct(Chunk.load(left + start), gradient)
      var offset = start
      for _ in 0..<later {
        var sum = Chunk.load(UnsafePointer(weightGradient) + offset)
        sum.addProduct(own, Chunk.load(laterRight + offset))
        sum.store(weightGradient + offset)
        offset += dimension
      }
    }
  }
}
