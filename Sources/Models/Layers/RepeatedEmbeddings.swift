import ClickData
import LinearAlgebra
import Platform

/// The fields of a batch's embeddings whose tables have so few rows that a batch repeats them: a
/// layer that reads the embeddings multiplies each of these rows once.
///
/// The choice depends on a field's table alone, never on a batch's content, so a row's logit has
/// the same bits in any batch.
final class RepeatedEmbeddings {
  /// The largest table whose rows count as repeated.
  ///
  /// Of a usual batch's 4096 values, a field of this size repeats most: clicks are not spread
  /// evenly, and hashed tables have several rows per value.
  static let maxRows = 16_384

  /// The products of layers that read the embeddings.
  let products: RepeatedProducts
  private let fields: [Field]
  private let operand: RepeatedOperand
  private let pool: WorkerPool

  /// Whether a batch repeats the rows of a field's table, one per row of the batch.
  static func repeats(_ field: FieldSchema) -> Bool {
    field.kind != .sequence && field.rows <= maxRows
  }

  /// Nil where no product reads the embeddings, or no field's table is small.
  ///
  /// The layers that read the embeddings must have been built before.
  init?(_ context: LayerContext, _ shared: FieldTables, _ tables: [Parameter]) {
    let schema = shared.schema
    let batch = context.batchCapacity
    let width = tables.reduce(0) { $0 + $1.value.columns }
    guard context.layerProducts.hasLayer(inputs: width) else { return nil }
    let repeated = schema.indices.filter {
      // The gradients of fields that share a table are added in turn.
      Self.repeats(schema[$0]) && shared.isAlone($0)
    }
    guard !repeated.isEmpty else { return nil }
    fields = repeated.map { Field(index: $0, table: tables[$0], batchCapacity: batch) }
    operand = RepeatedOperand(
      rowCapacity: batch, columns: width, groups: fields.map(\.columns),
      distinctCapacity: fields.reduce(0) { $0 + $1.found.capacity },
      isWeighted: repeated.contains { schema[$0].kind == .value }, pool: context.pool)
    products = context.layerProducts.products(with: operand, columns: width)
    pool = context.pool
  }

  /// Notes which rows a batch reads, before any layer multiplies its embeddings.
  func begin(_ batch: EncodedBatch, _ pass: Pass, _ embeddings: MatrixView) {
    if pass == .evaluation { pool.run(fields.count) { fields[$0].find(batch) } }
    operand.begin(embeddings, fields.lazy.map { $0.repeated(batch, pass) })
  }

  /// One field, with memory of its own for the rows that an evaluation reads.
  private struct Field {
    let index: Int
    let columns: Range<Int>
    let found: TouchedRows
    private let values: Matrix
    private let table: Parameter

    init(index: Int, table: Parameter, batchCapacity: Int) {
      self.index = index
      self.table = table
      let dimension = table.value.columns
      columns = index * dimension..<(index + 1) * dimension
      found = TouchedRows(tableRows: table.value.rows, batchCapacity: batchCapacity)
      values = Matrix(
        rows: found.capacity, columns: dimension, stride: table.touchedValues.view.stride)
    }

    /// Finds the rows that a batch reads, in the order in which a training step finds them, and
    /// copies their values.
    func find(_ batch: EncodedBatch) {
      found.clear()
      found.find(batch.ids(index), count: batch.rows)
      LookupKernel.gather(
        TableLookup(indices: found.rows, rows: table.value.view), rows: 0..<found.count,
        into: values.view)
    }

    func repeated(_ batch: EncodedBatch, _ pass: Pass) -> RepeatedColumns {
      let (rows, values) =
        switch (pass, table.touched) {
        case (.training, let touched?): (touched, table.touchedValues)
        case (.training, nil), (.evaluation, _): (found, self.values)
        }
      return RepeatedColumns(
        columns, distinct: values.view.rows(0..<rows.count), slots: rows.slots,
        weights: batch.values(index), gradient: table.gradient.view)
    }
  }
}
