/// The sum of all pairs' inner products, and its gradients, field by field from tables: `p = Σ_{i<j} vᵢ ⊙ vⱼ`, where
/// `vᵢ = x · Eᵢ[id]`.
///
/// What one field adds for a tile of rows stays in the first cache; no row's vectors ever lie side by side.
public enum FieldwisePairKernel {
  /// Adds a field: `p_b += v_b ⊙ s_b`, then `s_b += v_b`, for some rows of a batch.
  ///
  /// `s` and `p` are `[batch, dimension]` and begin as zeros; fields come last one first, as in `PairwiseKernel`, so that
  /// the bits are its. A `scale` of nil is 1.
  public static func addField(
    _ lookup: TableLookup, scale: UnsafePointer<Float>?, rows: Range<Int>,
    sums: MatrixView, products: MatrixView
  ) {
    var kernel = Field(lookup: lookup, scale: scale, rows: rows, sums: sums, products: products)
    kernel.run(count: sums.columns)
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
    for row in 0..<logitGradient.rows {
      let x = scale.map { Scalar($0[row]) } ?? 1
      weights[Int(slots[row]), 0] += x * x * logitGradient[row, 0]
    }
    var kernel = Gradients(
      logitGradient: logitGradient, sums: sums, slots: slots, scale: scale, values: values,
      gradients: gradients, weights: weights)
    kernel.run(count: sums.columns)
  }

  private struct Field: ChunkKernel {
    let lookup: TableLookup
    let scale: UnsafePointer<Float>?
    let rows: Range<Int>
    let sums: MatrixView
    let products: MatrixView

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let last = rows.upperBound - 1
      for row in rows {
        let ahead = lookup.vector(min(row + Prefetch.distance, last)) + start
        Prefetch.row(ahead, count: Chunk.width)
        var vector = Chunk.load(lookup.vector(row) + start)
        if let scale { vector = vector * Scalar(scale[row]) }
        let (sumAddress, productAddress) = (sums.row(row) + start, products.row(row) + start)
        var (sum, product) = (Chunk.load(sumAddress), Chunk.load(productAddress))
        product.addProduct(vector, sum)
        sum += vector
        sum.store(sumAddress)
        product.store(productAddress)
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
        let address = gradients.row(Int(slots[row])) + start
        var gradient = Chunk.load(address)
        gradient.addProduct(Chunk.load(sums.row(row) + start), x * logitGradient[row, 0])
        gradient.store(address)
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
