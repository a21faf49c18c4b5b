/// The sum of all pairs' products, `p = Σ_{i<j} vᵢ ⊙ vⱼ` with `vᵢ = xᵢ · Eᵢ[id]`, and the gradients
/// of the factorisation machine, computed directly on the tables.
///
/// A row's sums stay in registers while its fields are looked up; its vectors are never gathered.
public enum FieldwiseFMKernel {
  /// The vectors of one field, and the factor of each; a `scale` of nil is 1.
  public struct Field {
    let lookup: TableLookup
    let scale: UnsafePointer<Float>?

    /// Elements of a vector.
    public var width: Int { lookup.width }

    /// Refers to a field's vectors, which the caller keeps alive.
    public init(_ lookup: TableLookup, scale: UnsafePointer<Float>?) {
      self.lookup = lookup
      self.scale = scale
    }
  }

  /// A field's gradients and the operands they are computed from.
  public struct FieldGradient {
    let places: UnsafePointer<UInt32>
    let scale: UnsafePointer<Float>?
    let vectors: MatrixView
    let further: (first: Int, slots: UnsafeBufferPointer<UInt32>)
    let vectorGradient: MatrixView
    let weightGradient: MatrixView
    let squares: MatrixView

    /// `places[b]` is the row of `vectorGradient`, `[rows, dimension]`, of `weightGradient` and of
    /// `squares`, both `[rows, 1]`, that gets the terms of row b of the batch.
    ///
    /// A row of `vectors`, `[touched, dimension]`, has its gradient in the row of this number; the
    /// rows from `further.first` have parts of that of the vectors `further.slots`.
    public init(
      places: UnsafePointer<UInt32>, scale: UnsafePointer<Float>?, vectors: MatrixView,
      further: (first: Int, slots: UnsafeBufferPointer<UInt32>),
      vectorGradient: MatrixView, weightGradient: MatrixView, squares: MatrixView
    ) {
      self.places = places
      self.further = further
      self.scale = scale
      self.vectors = vectors
      self.vectorGradient = vectorGradient
      self.weightGradient = weightGradient
      self.squares = squares
    }
  }

  /// Sums of some rows of a batch: `s_b = Σᵢ vᵢ` and `p_b = Σ_{i<j} vᵢ ⊙ vⱼ`.
  ///
  /// The rows of `s` and `p` have room for the fields' vectors. Fields are visited last to first,
  /// as in `PairwiseKernel`, so that the bits are equal.
  public static func sum(
    _ fields: UnsafeBufferPointer<Field>, rows: Range<Int>, sums: MatrixView, products: MatrixView
  ) {
    guard let width = fields.first?.width else { return }
    precondition(
      width <= sums.stride && width <= products.stride,
      "FieldwiseFMKernel: vectors of \(width) in rows of \(sums.stride), \(products.stride)")
    var kernel = Sums(fields: fields, rows: rows, sums: sums, products: products)
    kernel.run(count: width)
  }

  /// Adds `Σ_d x_bd` to the logits of some rows.
  public static func addSums(of x: MatrixView, rows: Range<Int>, to logits: MatrixView) {
    for row in rows {
      var sum = RowSum(row: x.row(row))
      sum.run(count: x.columns)
      logits[row, 0] += sum.total
    }
  }

  /// Adds the gradient of a field's rows, over the rows b of the batch that look up r.
  ///
  /// `∂w[r] += Σ_b x_b·g_b`, and `∂E[r] += Σ_b x_b·g_b·(s_b − v_b)`, which is
  /// `Σ_b x_b·g_b·s_b − (Σ_b x_b²·g_b)·E[r]`.
  ///
  /// `logitGradient` is `[batch, 1]`, `sums` at least as wide as the vectors; the field's `squares`
  /// are overwritten with the last sum.
  public static func addGradients(
    _ logitGradient: MatrixView, sums: MatrixView, to field: FieldGradient
  ) {
    field.squares.rows(0..<field.vectors.rows).fill(0)
    let further = field.further
    if !further.slots.isEmpty {
      field.squares.rows(further.first..<further.first + further.slots.count).fill(0)
    }
    var kernel = Gradients(logitGradient: logitGradient, sums: sums, field: field)
    kernel.run(count: field.vectors.columns)
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
    let field: FieldGradient

    @inline(__always)
    func run<Chunk: LaneChunk>(_: Chunk.Type, at start: Int) {
      let (squares, weights) = (field.squares, field.weightGradient)
      for row in 0..<logitGradient.rows {
        let x = field.scale.map { Scalar($0[row]) } ?? 1
        let term = x * logitGradient[row, 0]
        let place = Int(field.places[row])
        let address = field.vectorGradient.row(place) + start
        var gradient = Chunk.load(address)
        gradient.addProduct(Chunk.load(sums.row(row) + start), term)
        gradient.store(address)
        guard start == 0 else { continue }
        squares[place, 0] += x * term
        if field.scale != nil { weights[place, 0] += term }
      }
      for slot in 0..<field.vectors.rows { complete(Chunk.self, at: start, row: slot, of: slot) }
      for (index, slot) in field.further.slots.enumerated() {
        complete(Chunk.self, at: start, row: field.further.first + index, of: Int(slot))
      }
    }

    /// Subtracts the last sum times the vector from a row of its gradient.
    @inline(__always)
    private func complete<Chunk: LaneChunk>(_: Chunk.Type, at start: Int, row: Int, of slot: Int) {
      let square = field.squares[row, 0]
      let address = field.vectorGradient.row(row) + start
      var gradient = Chunk.load(address)
      gradient.addProduct(Chunk.load(field.vectors.row(slot) + start), -square)
      gradient.store(address)
      // Where x is 1 both sums are the same.
      if start == 0, field.scale == nil { field.weightGradient[row, 0] += square }
    }
  }
}
