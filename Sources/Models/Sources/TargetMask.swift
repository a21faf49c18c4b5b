import LinearAlgebra
import Platform

/// Adds trained vectors to the embeddings of fields drawn anew for every training step: `v′ᵢ = vᵢ +
/// m` for a drawn field i, else `vᵢ` (Yin et al., 2025: masked predict).
///
/// Shapes: `[batch, fields, dimension]` both; the same fields for every row of a batch; evaluation
/// masks nothing. Everything that reads the embedding reads `v′`, a perceptron and a linear term
/// too, except the sources, which read `v`.
final class TargetMask {
  private let vectors: MaskVectors
  private let draw: FieldDraw
  private let count: Int
  private var masked: Range<Int>
  private let output: Matrix
  private let gradient: Matrix
  private let sums: ColumnSums
  private let pool: WorkerPool

  /// Masks `count` fields, or all if there are fewer.
  init(_ context: LayerContext, _ shape: FieldShape, _ vectors: MaskVectors, count: Int) {
    self.vectors = vectors
    draw = FieldDraw(context, fields: shape.fields)
    self.count = min(count, shape.fields)
    masked = 0..<0
    output = context.matrix(columns: shape.width)
    gradient = context.matrix(columns: shape.width)
    pool = context.pool
    sums = context.columnSums(columns: shape.dimension)
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldInput {
    guard case .training(let step) = pass else {
      masked = 0..<0
      return input
    }
    draw.draw(step: step)
    masked = 0..<count
    let output = FieldTensor(output.view.rows(0..<input.batch), fields: input.fields)
    pool.tiles(of: input.batch, size: 64) { rows in
      output.rows(rows).flattened.copy(from: input.tensor.rows(rows).flattened)
      for place in masked {
        let field = draw.order[place]
        let vector = vectors.parameter.value.view.row(vectors.row(of: field))
        let target = output.rows(rows).field(field)
        for row in 0..<target.rows {
          ShortVectorKernels.add(vector, to: target.row(row), count: target.columns)
        }
      }
    }
    return FieldInput(output)
  }

  /// Where the gradient of `forward`'s result is added, zeros at first.
  func outputGradient(within inputGradient: FieldGradient) -> FieldGradient {
    let rows = gradient.view.rows(0..<inputGradient.tensor.batch)
    pool.tiles(of: rows.rows, size: 256) { rows.rows($0).fill(0) }
    return FieldGradient(FieldTensor(rows, fields: inputGradient.tensor.fields))
  }

  /// `∂m += Σ_rows ∂v′ᵢ` for the drawn fields i, and `∂v += ∂v′`.
  func backward(addingTo inputGradient: FieldGradient) {
    let input = inputGradient.tensor
    let gradient = FieldTensor(gradient.view.rows(0..<input.batch), fields: input.fields)
    for vector in 0..<vectors.parameter.gradient.rows {
      addGradient(of: vector, gradient)
    }
    pool.tiles(of: input.batch, size: 256) { rows in
      input.rows(rows).flattened.add(gradient.rows(rows).flattened)
    }
  }

  /// Sums over rows, and over the fields that share the vector, at once: each sum over a batch is
  /// taken once per parameter.
  private func addGradient(of vector: Int, _ gradient: FieldTensor) {
    func isMasked(_ place: Int) -> Bool { vectors.row(of: draw.order[place]) == vector }
    guard masked.contains(where: isMasked) else { return }
    let dimension = gradient.dimension
    sums.compute(rows: gradient.batch) { row, partial in
      for place in masked where isMasked(place) {
        let values = gradient.field(draw.order[place]).row(row)
        for k in 0..<dimension { partial[k] += Double(values[k]) }
      }
    }
    sums.addSums(of: 0..<dimension, to: vectors.parameter.gradient.view.row(vector))
  }
}

/// What a mask adds to the embedding of a field.
protocol MaskVectors {
  /// The vectors, one per row.
  var parameter: Parameter { get }
  /// The row that masks a field.
  func row(of field: Int) -> Int
}

/// One vector for all fields, `[1, d]` (Yin et al., 2025: masked predict).
struct SharedMaskVector: MaskVectors {
  let parameter: Parameter

  /// Creates `weight` in the context's scope.
  init(_ context: LayerContext, _ shape: FieldShape) {
    parameter = .maskVectors(context, rows: 1, shape)
  }

  func row(of field: Int) -> Int { 0 }
}

/// One vector per field, `[N, d]` (Yin et al., 2025: field-wise masked).
struct FieldMaskVectors: MaskVectors {
  let parameter: Parameter

  /// Creates `weight` in the context's scope.
  init(_ context: LayerContext, _ shape: FieldShape) {
    parameter = .maskVectors(context, rows: shape.fields, shape)
  }

  func row(of field: Int) -> Int { field }
}

extension Parameter {
  /// Drawn and regularised as the authors' `nn.Embedding` is.
  fileprivate static func maskVectors(
    _ context: LayerContext, rows: Int, _ shape: FieldShape
  ) -> Parameter {
    context.parameter(
      "weight", shape: [rows, shape.dimension], regularization: .embedding, uses: 0,
      .normal(deviation: 1e-4))
  }
}
