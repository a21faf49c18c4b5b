import ClickData
import LinearAlgebra
import Platform

/// Looks up one vector a row and field: `output[b, f] = value[b, f] · E_f[id[b, f]]`; of a sequence field it is
/// `Σ_k weight[b, f, k] · E_f[id[b, f, k]]`, over the row's values.
///
/// Shapes: `E_f` is `[rows_f, dimension]`, the output `[batch, fields, dimension]`. Every field has a table
/// of its own, so the gradients of different fields never meet in memory.
public final class EmbeddingLayer {
  /// One table a field, in the schema's order.
  public let parameters: [Parameter]
  private let dimension: Int
  private let pool: WorkerPool

  /// Makes tables named `name.FIELD.weight`.
  public init(_ blueprint: Blueprint, named name: String, dimension: Int) {
    self.dimension = dimension
    pool = blueprint.pool
    parameters = blueprint.tables(named: name, dimension: dimension)
  }

  /// Gathers a batch's vectors, row tile by row tile.
  public func forward(_ batch: EncodedBatch, _ pass: Pass, into output: FieldTensor) {
    precondition(
      output.batch == batch.rows && output.fields == parameters.count
        && output.dimension == dimension && batch.fields == parameters.count,
      "EmbeddingLayer: batch \(batch.rows)×\(batch.fields) into \(output.batch)×\(output.fields)")
    pool.tiles(of: batch.rows, size: 256) { rows in
      for (field, table) in parameters.enumerated() {
        if let sequence = batch.sequence(field) {
          gather(sequence, table.lookup(sequence.ids, pass), field, rows, into: output)
          continue
        }
        LookupKernel.gather(
          table.lookup(batch.ids(field), pass), scale: batch.values(field), rows: rows,
          into: output.field(field))
      }
    }
  }

  /// Sums the weighed vectors of a sequence field, row by row in the order of the values.
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
          ShortVectorKernels.copy(
            lookup.vector(value), times: weight, to: target, count: dimension)
        } else {
          ShortVectorKernels.add(
            lookup.vector(value), times: weight, to: target, count: dimension)
        }
      }
    }
  }

  /// Adds each row's gradient to the table rows that the batch touched, field by field.
  ///
  /// A cache line of the gradient holds more than one field's: a task takes some neighbours, block by block of rows.
  public func backward(_ batch: EncodedBatch, _ outputGradient: FieldTensor) {
    let neighbours = 4
    let block = 64
    pool.tiles(of: parameters.count, size: neighbours) { fields in
      for start in stride(from: 0, to: batch.rows, by: block) {
        for field in fields {
          scatter(batch, outputGradient, field, start..<min(start + block, batch.rows))
        }
      }
    }
  }

  @inline(__always)
  private func scatter(
    _ batch: EncodedBatch, _ outputGradient: FieldTensor, _ field: Int, _ rows: Range<Int>
  ) {
    guard let touched = parameters[field].touched else { return }
    let gradient = parameters[field].gradient.view
    let slots = touched.slots
    if let sequence = batch.sequence(field) {
      for row in rows {
        let source = outputGradient.base + row * outputGradient.width + field * dimension
        for value in sequence.places(row) {
          ShortVectorKernels.add(
            source, times: Scalar(sequence.weights[value]),
            to: gradient.row(Int(slots[value])), count: dimension)
        }
      }
      return
    }
    LookupKernel.scatter(
      outputGradient.field(field), scale: batch.values(field), rows: rows,
      to: TableLookup(indices: slots, rows: gradient))
  }
}
