import ClickData
import LinearAlgebra
import Platform

/// Looks up one vector per row and field: `output[b, f] = value[b, f] · E_f[id[b, f]]`; for a
/// sequence field `Σ_k weight[b, f, k] · E_f[id[b, f, k]]`, over the row's values.
///
/// Shapes: `E_f` is `[rows_f, dimension]`, the output `[batch, fields, dimension]`. Where fields
/// share a table, its gradient is the sum of theirs, the owner's first.
public final class EmbeddingLayer {
  /// The table of each field, in the schema's order.
  public let tables: [Parameter]
  private let fields: FieldTables
  private let dimension: Int
  private let pool: WorkerPool

  /// Creates tables named `FIELD.weight` in the context's scope.
  init(_ context: LayerContext, _ fields: FieldTables, dimension: Int) {
    self.dimension = dimension
    self.fields = fields
    pool = context.pool
    tables = fields.make(context, dimension: dimension)
  }

  /// Gathers a batch's vectors, row tile by row tile.
  public func forward(_ batch: EncodedBatch, _ pass: Pass, into output: FieldTensor) {
    precondition(
      output.batch == batch.rows && output.fields == tables.count
        && output.dimension == dimension && batch.fields == tables.count,
      "EmbeddingLayer: batch \(batch.rows)×\(batch.fields) into \(output.batch)×\(output.fields)")
    pool.tiles(of: batch.rows, size: 256) { rows in
      for (field, table) in tables.enumerated() {
        let first = fields.firstLookup(field)
        if let sequence = batch.sequence(field) {
          gather(sequence, table.lookup(sequence.ids, at: first, pass), field, rows, into: output)
          continue
        }
        LookupKernel.gather(
          table.lookup(batch.ids(field), at: first, pass), scale: batch.values(field), rows: rows,
          into: output.field(field))
      }
    }
  }

  /// Sums the weighted vectors of a sequence field, row by row in the order of the values.
  private func gather(
    _ sequence: SequenceColumn, _ lookup: TableLookup, _ field: Int, _ rows: Range<Int>,
    into output: FieldTensor
  ) {
    let last = sequence.starts[rows.upperBound] - 1
    for row in rows {
      let target = output.base + row * output.width + field * dimension
      for value in sequence.places(row) {
        let ahead = min(value + Prefetch.distance, last)
        Prefetch.row(lookup.vector(ahead), count: dimension)
        let weight = Scalar(sequence.weights[value])
        if value == sequence.starts[row] {
          ShortVectorKernels.copy(lookup.vector(value), times: weight, to: target, count: dimension)
        } else {
          ShortVectorKernels.add(lookup.vector(value), times: weight, to: target, count: dimension)
        }
      }
    }
  }

  /// The look-ups as operations of a graph.
  func graph(_ fields: [GraphField], _ graph: GraphBuilder) -> GraphVectors {
    let vectors = zip(tables, fields).map { graph.lookUp($0, $1) }
    return GraphVectors(
      flattened: graph.apply(.concatenate, to: vectors), fields: fields.count,
      dimension: dimension)
  }

  /// Adds each row's gradient to the table rows that the batch touched, field by field: to the
  /// partial sums of the row's piece.
  ///
  /// A cache line of the gradient holds several fields' vectors: a task takes neighbouring fields,
  /// one block of rows after another.
  public func backward(_ batch: EncodedBatch, _ outputGradient: FieldTensor) {
    let block = 64
    pool.tiles(of: tables.count, size: 4) { neighbours in
      for start in stride(from: 0, to: batch.rows, by: block) {
        for field in neighbours where fields.schema[field].embeddingOf == nil {
          scatter(batch, outputGradient, field, start..<min(start + block, batch.rows))
        }
      }
    }
    fields.forEachSharer(pool) { scatter(batch, outputGradient, $0, 0..<batch.rows) }
  }

  @inline(__always)
  private func scatter(
    _ batch: EncodedBatch, _ outputGradient: FieldTensor, _ field: Int, _ rows: Range<Int>
  ) {
    guard let touched = tables[field].touched else { return }
    let gradient = tables[field].gradient.view
    let places = touched.places + fields.firstLookup(field)
    if let sequence = batch.sequence(field) {
      for row in rows {
        let source = outputGradient.base + row * outputGradient.width + field * dimension
        for value in sequence.places(row) {
          ShortVectorKernels.add(
            source, times: Scalar(sequence.weights[value]),
            to: gradient.row(Int(places[value])), count: dimension)
        }
      }
      return
    }
    LookupKernel.scatter(
      outputGradient.field(field), scale: batch.values(field), rows: rows,
      to: TableLookup(indices: places, rows: gradient))
  }
}
