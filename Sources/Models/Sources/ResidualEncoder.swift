import LinearAlgebra
import Platform

/// Adds its input to what another encoder generates, of some fields: `g(x) + x` (Yin et al., 2025:
/// `gen_residual`).
///
/// Where the other encoder generates nothing, the sum is the raw input itself. The sum has memory
/// of its own, because the other encoder's backward may read what its forward wrote.
final class ResidualEncoder: FieldEncoder {
  var operations: Int { encoder.operations }
  private let encoder: FieldEncoder
  /// The columns that are added, among those of `fields`.
  private let columns: [Range<Int>]
  private let fields: Range<Int>
  private let sum: Matrix
  private let pool: WorkerPool
  private let scope: String

  /// Adds the fields `raw` to an encoder that generates `fields`.
  init(
    _ context: LayerContext, _ encoder: FieldEncoder, _ shape: FieldShape, adding raw: [Int],
    to fields: Range<Int>
  ) {
    self.encoder = encoder
    self.fields = fields
    let added = raw.filter(fields.contains)
    columns =
      added.count == fields.count
      ? [0..<shape.columns(of: fields).count]
      : added.map { shape.columns(of: $0 - fields.lowerBound) }
    sum = context.matrix(columns: shape.columns(of: fields).count)
    pool = context.pool
    scope = context.scope
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let generated = encoder.forward(input, pass).flattened
    let sum = sum.view.rows(0..<input.batch)
    pool.tiles(of: sum.rows, size: 64) { rows in
      sum.rows(rows).copy(from: generated.rows(rows))
      add(columns(input.tensor).rows(rows), to: sum.rows(rows))
    }
    return FieldTensor(sum, fields: fields.count)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let generated = encoder.graph(input, graph).flattened
    let input = input.selecting(fields, graph)
    guard columns != [0..<input.width] else {
      return input.with(graph.add([generated, input.flattened]))
    }
    let isAdded = Matrix(rows: 1, columns: input.width)
    for range in columns { isAdded.view.columns(range).fill(1) }
    let mask = graph.weight("\(scope).raw_fields", isAdded, shape: [input.width])
    let term = graph.apply(.multiply, to: [input.flattened, mask])
    return input.with(graph.add([generated, term]))
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    encoder.backward(outputGradient, addingTo: inputGradient)
    pool.tiles(of: outputGradient.batch, size: 64) { rows in
      add(outputGradient.flattened.rows(rows), to: columns(inputGradient.tensor).rows(rows))
    }
  }

  /// The columns of `fields` of a tensor of all fields.
  private func columns(_ input: FieldTensor) -> MatrixView {
    let dimension = input.dimension
    return input.flattened.columns(
      fields.lowerBound * dimension..<fields.upperBound * dimension)
  }

  private func add(_ term: MatrixView, to sum: MatrixView) {
    for range in columns { sum.columns(range).add(term.columns(range)) }
  }
}
