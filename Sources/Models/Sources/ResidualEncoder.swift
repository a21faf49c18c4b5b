import LinearAlgebra
import Platform

/// Adds its input to what another encoder generates, in some columns: `g(x) + x` (Yin et al., 2025:
/// `gen_residual`).
///
/// Where the other encoder generates nothing, the sum is the raw input itself. The sum has memory
/// of its own, because the other encoder's backward may read what its forward wrote.
final class ResidualEncoder: FieldEncoder {
  var operations: Int { encoder.operations }
  private let encoder: FieldEncoder
  private let columns: [Range<Int>]
  private let sum: Matrix
  private let pool: WorkerPool
  private let scope: String

  init(
    _ context: LayerContext, _ encoder: FieldEncoder, _ shape: FieldShape,
    adding columns: [Range<Int>]
  ) {
    self.encoder = encoder
    self.columns = columns
    sum = context.matrix(columns: shape.width)
    pool = context.pool
    scope = context.scope
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let generated = encoder.forward(input, pass).flattened
    let sum = sum.view.rows(0..<input.batch)
    pool.tiles(of: sum.rows, size: 64) { rows in
      sum.rows(rows).copy(from: generated.rows(rows))
      add(input.tensor.flattened.rows(rows), to: sum.rows(rows))
    }
    return FieldTensor(sum, fields: input.fields)
  }

  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let generated = encoder.graph(input, graph).flattened
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
      add(outputGradient.flattened.rows(rows), to: inputGradient.tensor.flattened.rows(rows))
    }
  }

  private func add(_ term: MatrixView, to sum: MatrixView) {
    for range in columns { sum.columns(range).add(term.columns(range)) }
  }
}
