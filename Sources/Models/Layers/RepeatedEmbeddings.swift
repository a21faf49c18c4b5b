import ClickData
import LinearAlgebra
import Platform

/// The fields of a batch's embeddings whose tables have so few rows that a batch repeats them: a layer that reads the
/// embeddings multiplies each of these rows once.
///
/// A field belongs here by its table alone, never by what a batch holds: so a row's logit has the same bits in any batch.
final class RepeatedEmbeddings {
  /// The most rows of a table that count as few.
  ///
  /// Of a usual batch's 4096 values a field of so many rows repeats most: clicks are not spread evenly, and tables of hashes
  /// have several rows for each value.
  static let mostRows = 16_384

  private let fields: [Field]
  private let operand: RepeatedOperand
  private let pool: WorkerPool

  /// Whether a batch repeats the rows of a field's table, one a row of the batch.
  static func repeats(_ field: FieldSchema) -> Bool {
    field.kind != .sequence && field.rows <= mostRows
  }

  /// Nil where no product reads the embeddings, or no field's table is small.
  init?(_ blueprint: Blueprint, _ tables: [Parameter]) {
    let batch = blueprint.batchCapacity
    let products = blueprint.layerProducts
    guard products.hasLayer(inputs: blueprint.width) else { return nil }
    let repeated = blueprint.schema.indices.filter { Self.repeats(blueprint.schema[$0]) }
    guard !repeated.isEmpty else { return nil }
    fields = repeated.map { Field(index: $0, table: tables[$0], batchCapacity: batch) }
    operand = RepeatedOperand(
      rowCapacity: batch, columns: blueprint.width, groups: fields.map(\.columns),
      distinctCapacity: fields.reduce(0) { $0 + $1.found.capacity },
      isWeighed: repeated.contains { blueprint.schema[$0].kind == .value }, pool: blueprint.pool)
    pool = blueprint.pool
    products.watch(operand, columns: blueprint.width)
  }

  /// Takes note of which rows a batch reads, before anything multiplies its embeddings.
  func begin(_ batch: EncodedBatch, _ pass: Pass, _ embeddings: MatrixView) {
    if pass == .evaluation { pool.run(fields.count) { fields[$0].find(batch) } }
    operand.begin(embeddings, fields.lazy.map { $0.repeated(batch, pass) })
  }

  /// One field, and the rows that an evaluation finds for itself: it touches none.
  private struct Field {
    let index: Int
    let columns: Range<Int>
    let found: TouchedRows
    private let table: Parameter

    init(index: Int, table: Parameter, batchCapacity: Int) {
      self.index = index
      self.table = table
      let dimension = table.value.columns
      columns = index * dimension..<(index + 1) * dimension
      found = TouchedRows(tableRows: table.value.rows, batchCapacity: batchCapacity)
    }

    /// Finds the rows that a batch reads, numbered as `TouchedRows` does for training, and copies them to where a training step
    /// would.
    func find(_ batch: EncodedBatch) {
      found.clear()
      found.find(batch.ids(index), count: batch.rows)
      LookupKernel.gather(
        TableLookup(indices: found.rows, rows: table.value.view), rows: 0..<found.count,
        into: table.touchedValues.view)
    }

    func repeated(_ batch: EncodedBatch, _ pass: Pass) -> RepeatedColumns {
      let rows = pass == .evaluation ? found : table.touched ?? found
      return RepeatedColumns(
        columns, distinct: table.touchedValues.view.rows(0..<rows.count), slots: rows.slots,
        weights: batch.values(index), gradient: table.gradient.view)
    }
  }
}
