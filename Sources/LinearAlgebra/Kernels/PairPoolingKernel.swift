/// One row of the pooled pairs `Σ_{i<j} sᵢ ⊙ tⱼ` and of its gradients.
///
/// The last field of the source, which no pair has, is not read, and its gradient is not written.
/// Within a chunk of the dimension the running sum over fields stays in one register.
public enum PairPoolingKernel {
  /// `output = Σᵢ sᵢ ⊙ Σ_{j>i} tⱼ` of one row of `fields · dimension` elements.
  @inline(__always)
  public static func pool(
    source: UnsafePointer<Scalar>, target: UnsafePointer<Scalar>,
    into output: UnsafeMutablePointer<Scalar>, fields: Int, dimension: Int
  ) {
    var pooling = Pooling(
      source: source, target: target, output: output, fields: fields, dimension: dimension)
    pooling.run(count: dimension)
  }

  /// `sourceGradient_i += g ⊙ Σ_{j>i} tⱼ` and `targetGradient_j += g ⊙ Σ_{i<j} sᵢ`; the operands may
  /// coincide.
  @inline(__always)
  public static func addGradients(
    _ gradient: UnsafePointer<Scalar>, source: UnsafePointer<Scalar>,
    target: UnsafePointer<Scalar>, sourceGradient: UnsafeMutablePointer<Scalar>,
    targetGradient: UnsafeMutablePointer<Scalar>, fields: Int, dimension: Int
  ) {
    var gradients = Gradients(
      gradient: gradient, source: source, target: target, sourceGradient: sourceGradient,
      targetGradient: targetGradient, fields: fields, dimension: dimension)
    gradients.run(count: dimension)
  }

  private struct Pooling: ChunkKernel {
    let source: UnsafePointer<Scalar>
    let target: UnsafePointer<Scalar>
    let output: UnsafeMutablePointer<Scalar>
    let fields: Int
    let dimension: Int

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      var suffix = Chunk.zero
      var products = Chunk.zero
      var offset = (fields - 1) * dimension + start
      while offset >= dimension {
        suffix += Chunk.load(target + offset)
        offset -= dimension
        products.addProduct(Chunk.load(source + offset), suffix)
      }
      products.store(output + start)
    }
  }

  private struct Gradients: ChunkKernel {
    let gradient: UnsafePointer<Scalar>
    let source: UnsafePointer<Scalar>
    let target: UnsafePointer<Scalar>
    let sourceGradient: UnsafeMutablePointer<Scalar>
    let targetGradient: UnsafeMutablePointer<Scalar>
    let fields: Int
    let dimension: Int

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let factor = Chunk.load(gradient + start)
      var suffix = Chunk.zero
      for field in (1..<fields).reversed() {
        let offset = field * dimension + start
        suffix += Chunk.load(target + offset)
        add(suffix, factor, to: sourceGradient + offset - dimension)
      }
      var prefix = Chunk.zero
      for field in 1..<fields {
        let offset = field * dimension + start
        prefix += Chunk.load(source + offset - dimension)
        add(prefix, factor, to: targetGradient + offset)
      }
    }

    @inline(__always)
    private func add<Chunk: LaneChunk>(
      _ sum: Chunk, _ factor: Chunk, to address: UnsafeMutablePointer<Scalar>
    ) {
      var total = Chunk.load(address)
      total.addProduct(sum, factor)
      total.store(address)
    }
  }
}
