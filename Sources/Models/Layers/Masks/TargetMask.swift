import LinearAlgebra
import Platform

/// Adds trained vectors to the embeddings of fields drawn anew for every training step: `v′ᵢ = vᵢ + m` for a drawn field
/// i, else `vᵢ` (paper, section 4.1: masked predict).
///
/// Shapes: `[batch, fields, dimension]` both; the same fields for every row of a batch; evaluation masks nothing. Everything
/// that reads the embedding reads `v′` but the sources, which read `v` behind the mask: a perceptron and a linear term too.
final class TargetMask: Source {
  var parameters: [Parameter] { [vectors.parameter] }
  var statistics: [RunningStatistic] { [] }
  /// `v` of the last forward.
  private(set) var unmasked: FieldTensor?
  /// Where the gradient of `v` goes, from the last `outputGradient` on.
  private(set) var unmaskedGradient: FieldTensor?
  private let vectors: MaskVectors
  private let draw: FieldDraw
  private let most: Int
  private var masked: Range<Int>
  private let output: Matrix
  private let gradient: Matrix
  private let sums: ColumnSums
  private let pool: WorkerPool

  /// Masks `num_target` fields, or all where there are fewer.
  init(_ blueprint: Blueprint, _ vectors: MaskVectors) {
    self.vectors = vectors
    draw = FieldDraw(blueprint, named: "mask")
    most = min(blueprint.settings.targetFields, blueprint.schema.count)
    masked = 0..<0
    output = Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    gradient = Matrix(rows: blueprint.batchCapacity, columns: blueprint.width)
    pool = blueprint.pool
    sums = ColumnSums(
      rows: blueprint.batchCapacity, columns: blueprint.settings.embeddingDimension, pool: pool)
  }

  func forward(_ input: FieldTensor, _ pass: Pass) -> FieldTensor {
    unmasked = input
    guard case .training(let step) = pass else {
      masked = 0..<0
      return input
    }
    draw.draw(step: step)
    masked = 0..<most
    let output = FieldTensor(output.view.rows(0..<input.batch), fields: input.fields)
    pool.tiles(of: input.batch, size: 64) { rows in
      output.rows(rows).flattened.copy(from: input.rows(rows).flattened)
      for place in masked {
        let field = draw.order[place]
        let vector = vectors.parameter.value.view.row(vectors.row(of: field))
        let target = output.rows(rows).field(field)
        for row in 0..<target.rows {
          ShortVectorKernels.add(vector, to: target.row(row), count: target.columns)
        }
      }
    }
    return output
  }

  func outputGradient(within inputGradient: FieldTensor) -> FieldTensor {
    unmaskedGradient = inputGradient
    let rows = gradient.view.rows(0..<inputGradient.batch)
    pool.tiles(of: rows.rows, size: 256) { rows.rows($0).fill(0) }
    return FieldTensor(rows, fields: inputGradient.fields)
  }

  /// `∂m += Σ_rows ∂v′ᵢ` for the drawn fields i, and `∂v += ∂v′`.
  func backward(addingTo inputGradient: FieldTensor) {
    let gradient = FieldTensor(
      gradient.view.rows(0..<inputGradient.batch), fields: inputGradient.fields)
    for place in masked {
      let field = draw.order[place]
      sums.add(
        gradient.field(field),
        to: vectors.parameter.gradient.view.row(vectors.row(of: field)))
    }
    pool.tiles(of: inputGradient.batch, size: 256) { rows in
      inputGradient.rows(rows).flattened.add(gradient.rows(rows).flattened)
    }
  }
}
