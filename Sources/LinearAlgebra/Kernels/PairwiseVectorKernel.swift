/// One row of the inner products of all pairs, `(⟨sᵢ, tⱼ⟩)_{i<j}`, and of their gradients.
///
/// Pairs are in the order (0,1), (0,2), …, (1,2), …. The last field of the source, which no pair
/// has, is not read, and its gradient is not written. Forward assigns a lane to each pair, so no
/// product is summed across lanes; backward assigns a lane to each element of a vector.
public enum PairwiseVectorKernel {
  /// The number of pairs of different fields.
  @inline(__always)
  public static func pairs(of fields: Int) -> Int { fields * (fields - 1) / 2 }

  /// `pairs_{ij} = ⟨sᵢ, tⱼ⟩`; `scratch` has room for one row and holds the target transposed.
  public static func products(
    source: UnsafePointer<Scalar>, target: UnsafePointer<Scalar>,
    scratch: UnsafeMutablePointer<Scalar>, fields: Int, dimension: Int,
    into pairs: UnsafeMutablePointer<Scalar>
  ) {
    for field in 0..<fields {
      for index in 0..<dimension {
        scratch[index * fields + field] = target[field * dimension + index]
      }
    }
    var pairs = pairs
    for field in 0..<fields {
      let later = fields - field - 1
      var products = Products(
        source: source + field * dimension, targets: UnsafePointer(scratch) + field + 1,
        fields: fields, dimension: dimension, output: pairs)
      products.run(count: later)
      pairs += later
    }
  }

  /// `sourceGradient_i += Σ_{j>i} g_{ij}·tⱼ` and `targetGradient_j += Σ_{i<j} g_{ij}·sᵢ`, where `g`
  /// is the gradient of the pairs; the operands may coincide, and so may their gradients.
  public static func addGradients(
    _ pairGradient: UnsafePointer<Scalar>, source: UnsafePointer<Scalar>,
    target: UnsafePointer<Scalar>, sourceGradient: UnsafeMutablePointer<Scalar>,
    targetGradient: UnsafeMutablePointer<Scalar>, fields: Int, dimension: Int
  ) {
    var gradients = Gradients(
      pairGradient: pairGradient, source: source, target: target, sourceGradient: sourceGradient,
      targetGradient: targetGradient, fields: fields, dimension: dimension)
    gradients.run(count: dimension)
  }

  /// The products of one field with a chunk of later ones.
  private struct Products: ChunkKernel {
    let source: UnsafePointer<Scalar>
    let targets: UnsafePointer<Scalar>
    let fields: Int
    let dimension: Int
    let output: UnsafeMutablePointer<Scalar>

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      var sums = Chunk.zero
      for index in 0..<dimension {
        sums.addProduct(Chunk.load(targets + index * fields + start), source[index])
      }
      sums.store(output + start)
    }
  }

  /// A chunk of the dimension of both operands' gradients.
  private struct Gradients: ChunkKernel {
    let pairGradient: UnsafePointer<Scalar>
    let source: UnsafePointer<Scalar>
    let target: UnsafePointer<Scalar>
    let sourceGradient: UnsafeMutablePointer<Scalar>
    let targetGradient: UnsafeMutablePointer<Scalar>
    let fields: Int
    let dimension: Int

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      var gradient = pairGradient
      for field in 0..<fields - 1 {
        let own = Chunk.load(source + field * dimension + start)
        // Loaded and stored once for all later fields, none of which writes here.
        var ownGradient = Chunk.load(sourceGradient + field * dimension + start)
        var offset = (field + 1) * dimension + start
        for _ in field + 1..<fields {
          ownGradient.addProduct(Chunk.load(target + offset), gradient.pointee)
          var otherGradient = Chunk.load(targetGradient + offset)
          otherGradient.addProduct(own, gradient.pointee)
          otherGradient.store(targetGradient + offset)
          gradient += 1
          offset += dimension
        }
        ownGradient.store(sourceGradient + field * dimension + start)
      }
    }
  }
}
