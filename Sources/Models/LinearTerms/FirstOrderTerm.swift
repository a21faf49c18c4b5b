import ClickData
import LinearAlgebra
import Platform

/// One weight per feature value, and a bias: `logit += b + Σ_f value_f · w_f[id_f]` (Yin et al.,
/// 2025: "LR"; LW in Pan et al., 2018, section 4.2).
///
/// In a sequence field each value adds its weight times its `w`. Shapes: `w_f` is `[rows_f, 1]`,
/// `b` is `[1]`, the logits are `[batch, 1]`. Nothing is kept for backward: each weight's gradient
/// is the logit's, times the value.
final class FirstOrderTerm: LinearTerm {
  /// The weights of each field.
  let weights: [Parameter]
  let operations = 0
  private let bias: Parameter
  private let biasSums: ColumnSums
  private let fields: FieldTables
  /// Where the weights of the last forward's fields are read.
  private var columns: [Column] = []
  private let pool: WorkerPool

  /// A field's weights in a batch, and what each is multiplied by; a `scale` of nil is 1.
  private enum Column {
    case single(TableLookup, scale: UnsafePointer<Float>?)
    case sequence(SequenceColumn, TableLookup)
  }

  /// Creates `FIELD.weight` from N(0, 1e-4²) and `bias`, zero.
  init(_ context: LayerContext, _ fields: FieldTables) {
    self.fields = fields
    weights = fields.make(context, dimension: 1)
    bias = context.parameter("bias", shape: [1], .constant(0))
    biasSums = context.columnSums(columns: 1)
    pool = context.pool
  }

  func forward(_ batch: EncodedBatch, _: FieldInput?, _ pass: Pass, addingTo logits: MatrixView) {
    lookUp(batch, pass)
    pool.tiles(of: batch.rows, size: 256) { add($0, to: logits) }
  }

  /// Finds where a batch's weights are read, for `add`.
  func lookUp(_ batch: EncodedBatch, _ pass: Pass) {
    columns.removeAll(keepingCapacity: true)
    for (field, table) in weights.enumerated() {
      let first = fields.firstLookup(field)
      if let sequence = batch.sequence(field) {
        columns.append(.sequence(sequence, table.lookup(sequence.ids, at: first, pass)))
      } else {
        columns.append(
          .single(table.lookup(batch.ids(field), at: first, pass), scale: batch.values(field)))
      }
    }
  }

  /// Looks nothing up: `add` then adds the bias alone, for a caller that sums the weights itself.
  func lookUpNothing() { columns.removeAll(keepingCapacity: true) }

  /// Adds the term of some rows to their logits, from the last field to the first, then the bias.
  func add(_ rows: Range<Int>, to logits: MatrixView) {
    for column in columns.reversed() {
      switch column {
      case .single(let lookup, let scale):
        for row in rows {
          let term = lookup.vector(row).pointee
          logits[row, 0] += scale.map { Scalar($0[row]) * term } ?? term
        }
      case .sequence(let sequence, let lookup):
        for row in rows {
          for value in sequence.places(row) {
            logits[row, 0] += Scalar(sequence.weights[value]) * lookup.vector(value).pointee
          }
        }
      }
    }
    let constant = bias.value.base[0]
    for row in rows { logits[row, 0] += constant }
  }

  func graph(
    _ fields: [GraphField], _: GraphVectors?, _ graph: GraphBuilder
  ) -> GraphValue {
    graph.add(zip(weights, fields).map { graph.lookUp($0, $1) } + [graph.weight(bias)])
  }

  /// Adds each row's gradient to the weights it used and to the bias.
  func backward(_ batch: EncodedBatch, _ logitGradient: MatrixView, addingTo _: FieldGradient?) {
    pool.run(fields.owners.count) { addGradient(fields.owners[$0], batch, logitGradient) }
    fields.forEachSharer(pool) { addGradient($0, batch, logitGradient) }
    addBiasGradient(logitGradient)
  }

  /// Adds the gradient of one field's weights.
  private func addGradient(_ field: Int, _ batch: EncodedBatch, _ logitGradient: MatrixView) {
    guard let touched = weights[field].touched else { return }
    let places = touched.places + fields.firstLookup(field)
    let gradient = weights[field].gradient.base
    if let sequence = batch.sequence(field) {
      for row in 0..<batch.rows {
        let term = logitGradient[row, 0]
        for value in sequence.places(row) {
          gradient[Int(places[value])] += Scalar(sequence.weights[value]) * term
        }
      }
      return
    }
    let values = batch.values(field)
    for row in 0..<batch.rows {
      let term = logitGradient[row, 0]
      gradient[Int(places[row])] += values.map { Scalar($0[row]) * term } ?? term
    }
  }

  /// Adds the gradient of the bias alone: for a caller that sums those of the weights itself.
  func addBiasGradient(_ logitGradient: MatrixView) {
    biasSums.add(logitGradient, to: bias.gradient.base)
  }
}
