/// The sum of all pairs' inner products, and its gradients, straight from tables: `p = Σ_{i<j} vᵢ ⊙ vⱼ`, where
/// `vᵢ = x · Eᵢ[id]`.
///
/// A row's sums stay in registers while its fields are looked up; no row's vectors ever lie side by side.
public enum FieldwisePairKernel {
  /// Where the vectors of one field lie, and what each is multiplied by; a `scale` of nil is 1.
  public struct Field {
    let lookup: TableLookup
    let scale: UnsafePointer<Float>?

    /// Names a field's vectors; whoever does keeps them alive.
    public init(_ lookup: TableLookup, scale: UnsafePointer<Float>?) {
      self.lookup = lookup
      self.scale = scale
    }
  }

  /// Sums of some rows of a batch: `s_b = Σᵢ vᵢ` and `p_b = Σ_{i<j} vᵢ ⊙ vⱼ`.
  ///
  /// `s` and `p` are `[batch, width]`, as wide as the vectors that the fields name; fields come last one first, as in
  /// `PairwiseKernel`, so that the bits are its.
  public static func sum(
    _ fields: UnsafeBufferPointer<Field>, rows: Range<Int>, sums: MatrixView, products: MatrixView
  ) {
    guard let width = fields.first?.lookup.width else { return }
    var kernel = Sums(fields: fields, rows: rows, sums: sums, products: products)
    kernel.run(count: width)
  }

  /// Adds `Σ_d p_bd` to the logits of some rows.
  public static func addSums(of products: MatrixView, rows: Range<Int>, to logits: MatrixView) {
    for row in rows {
      var sum = RowSum(row: products.row(row))
      sum.run(count: products.columns)
      logits[row, 0] += sum.total
    }
  }

  /// Adds the gradient of a field's rows: `∂E[r] += Σ_b x_b·g_b·(s_b − v_b) = Σ_b x_b·g_b·s_b − (Σ_b x_b²·g_b)·E[r]`, over
  /// the rows b of the batch that look up r.
  ///
  /// `slots[b]` is the row of `values`, of `gradients`, both `[touched, dimension]`, and of `weights`, which it overwrites
  /// with the second sum; `logitGradient` is `[batch, 1]`.
  public static func addGradients(
    _ logitGradient: MatrixView, sums: MatrixView, slots: UnsafePointer<UInt32>,
    scale: UnsafePointer<Float>?, values: MatrixView, gradients: MatrixView, weights: MatrixView
  ) {
    weights.fill(0)
    var kernel = Gradients(
      logitGradient: logitGradient, sums: sums, slots: slots, scale: scale, values: values,
      gradients: gradients, weights: weights)
    kernel.run(count: sums.columns)
  }

  private struct Sums: ChunkKernel {
    let fields: UnsafeBufferPointer<Field>
    let rows: Range<Int>
    let sums: MatrixView
    let products: MatrixView

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let last = rows.upperBound - 1
      for row in rows {
        let ahead = min(row + 2, last)
        var (sum, product) = (Chunk.zero, Chunk.zero)
        for field in fields.reversed() {
          Prefetch.row(field.lookup.vector(ahead) + start, count: Chunk.width)
          var vector = Chunk.load(field.lookup.vector(row) + start)
          if let scale = field.scale { vector = vector * Scalar(scale[row]) }
          product.addProduct(vector, sum)
          sum += vector
        }
        sum.store(sums.row(row) + start)
        product.store(products.row(row) + start)
      }
    }
  }

  private struct RowSum: ChunkKernel {
    let row: UnsafePointer<Scalar>
    var total: Scalar = 0

    @inline(__always)
    mutating func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      total += Chunk.load(row + start).sum()
    }
  }

  private struct Gradients: ChunkKernel {
    let logitGradient: MatrixView
    let sums: MatrixView
    let slots: UnsafePointer<UInt32>
    let scale: UnsafePointer<Float>?
    let values: MatrixView
    let gradients: MatrixView
    let weights: MatrixView

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      for row in 0..<logitGradient.rows {
        let x = scale.map { Scalar($0[row]) } ?? 1
        let slot = Int(slots[row])
        let address = gradients.row(slot) + start
        var gradient = Chunk.load(address)
        gradient.addProduct(Chunk.load(sums.row(row) + start), x * logitGradient[row, 0])
        gradient.store(address)
        if start == 0 { weights[slot, 0] += x * x * logitGradient[row, 0] }
      }
      for slot in 0..<values.rows {
        let address = gradients.row(slot) + start
        var gradient = Chunk.load(address)
        gradient.addProduct(Chunk.load(values.row(slot) + start), -weights[slot, 0])
        gradient.store(address)
      }
    }
  }
}
