import LinearAlgebra
import Platform

/// Some fields generated from all, `gᵢ = γ·σ(x·W_{F(i)})`, and zeros for the others (Yin et al.,
/// 2025).
///
/// The `W_{F(i)}` of the k generated fields are side by side in one weight, `[k·d, N·d]`, without
/// bias. `ResidualEncoder` adds the other fields raw. Of the k fields those that are read alone are
/// multiplied.
final class FieldGroupEncoder: FieldEncoder {
  let operations = 0
  private let linear: LinearLayer
  private let activation: DenseLayer
  /// The columns of each field that is multiplied among those of the output.
  private let columns: [Range<Int>]
  private let fields: Int
  private let output: Matrix
  private let gradient: Matrix
  private let pool: WorkerPool

  /// Creates `weight` in the context's scope, its rows in the ascending order of `group`; the output
  /// has `fields`.
  init(
    _ context: LayerContext, _ shape: FieldShape, _ settings: EncoderSettings, group: [Int],
    generating fields: Range<Int>
  ) {
    precondition(!group.isEmpty, "FieldGroupEncoder \(context.scope): no fields")
    // The fields of a range are adjacent among ascending ones.
    let first = group.prefix { $0 < fields.lowerBound }.count
    let generated = group.filter(fields.contains)
    let rows = shape.columns(of: first..<first + generated.count)
    linear = LinearLayer(
      context, inputs: shape.width, weightRows: group.count * shape.dimension, outputs: rows)
    activation = settings.activationLayer(context, width: rows.count)
    columns = generated.map { shape.columns(of: $0 - fields.lowerBound) }
    self.fields = fields.count
    output = context.matrix(columns: shape.columns(of: fields).count)
    gradient = context.matrix(columns: rows.count)
    pool = context.pool
  }

  func forward(_ input: FieldInput, _ pass: Pass) -> FieldTensor {
    let generated = linear.forward(input.flattened, through: activation, pass)
    let output = output.view.rows(0..<input.batch)
    pool.tiles(of: input.batch, size: 64) { rows in
      output.rows(rows).fill(0)
      for (index, range) in columns.enumerated() {
        output.rows(rows).columns(range).copy(
          from: generated.rows(rows).columns(compact(index, range)))
      }
    }
    return FieldTensor(output, fields: fields)
  }

  /// Every field is taken from the generated ones, which a vector of zeros follows.
  func graph(_ input: GraphVectors, _ graph: GraphBuilder) -> GraphVectors {
    let generated = activation.graph(linear.graph(input.flattened, graph), graph)
    let vectors = GraphVectors(
      flattened: graph.apply(.appendZeros(input.dimension), to: [generated]),
      fields: columns.count + 1, dimension: input.dimension)
    return vectors.selecting(
      (0..<fields).map { field in
        columns.firstIndex { $0.lowerBound == field * input.dimension } ?? columns.count
      }, graph)
  }

  func backward(_ outputGradient: FieldTensor, addingTo inputGradient: FieldGradient) {
    let gradient = gradient.view.rows(0..<outputGradient.batch)
    pool.tiles(of: gradient.rows, size: 64) { rows in
      let whole = outputGradient.flattened.rows(rows)
      for (index, range) in columns.enumerated() {
        gradient.rows(rows).columns(compact(index, range)).copy(from: whole.columns(range))
      }
    }
    linear.backward(activation.backward(gradient), to: inputGradient.flattened, overwriting: false)
  }

  /// The columns of a generated field among those of generated fields alone.
  private func compact(_ index: Int, _ range: Range<Int>) -> Range<Int> {
    index * range.count..<(index + 1) * range.count
  }
}
