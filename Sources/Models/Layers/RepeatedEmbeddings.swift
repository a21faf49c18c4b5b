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
    fields = repeated.map {
      Field(index: $0, table: tables[$0], shared, context)
    }
    operand = RepeatedOperand(
      rowCapacity: batch, columns: width, groups: fields.map(\.columns),
      distinctCapacity: fields.reduce(0) { $0 + $1.capacity },
      isWeighted: repeated.contains { schema[$0].kind == .value }, share: context.share,
      pool: context.pool)
    products = context.layerProducts.products(with: operand, columns: width)
    pool = context.pool
  }

  /// Notes which rows a batch reads, before any layer multiplies its embeddings.
  func begin(_ batch: EncodedBatch, _ pass: Pass, _ embeddings: MatrixView) {
    pool.run(fields.count) { fields[$0].begin(batch, pass) }
    operand.begin(embeddings, fields.lazy.map { $0.repeated(batch) })
  }

  /// One field: the rows of its table that each piece of a batch reads, each once.
  private final class Field {
    let columns: Range<Int>
    let capacity: Int
    private let index: Int
    private let table: Parameter
    private let fields: FieldTables
    private let share: BatchShare
    /// Finds the rows that an evaluation reads.
    private let found: TouchedRows
    /// By entry, piece by piece: the row's values, its slot in the batch, its gradient's row.
    private let values: Matrix
    private let slots: UnsafeMutablePointer<UInt32>
    private let gradientRows: UnsafeMutablePointer<UInt32>
    /// The entry of each row of the batch.
    private let entries: UnsafeMutablePointer<UInt32>
    /// By slot: the entry that was made last.
    private let latest: UnsafeMutablePointer<UInt32>
    /// Where the entries of each piece begin, and where those of the last end.
    private let bounds: UnsafeMutablePointer<UInt32>
    private var count = 0

    init(index: Int, table: Parameter, _ fields: FieldTables, _ context: LayerContext) {
      let batchCapacity = context.batchCapacity
      self.index = index
      self.table = table
      self.fields = fields
      share = context.share
      let dimension = table.value.columns
      columns = index * dimension..<(index + 1) * dimension
      let pieces = BatchPieces.count(rows: batchCapacity)
      found = TouchedRows(tableRows: table.value.rows, batchCapacity: batchCapacity)
      capacity = min(batchCapacity, pieces * found.capacity)
      values = Matrix(rows: capacity, columns: dimension, stride: table.touchedValues.view.stride)
      slots = ZeroedMemory.allocate(capacity)
      gradientRows = ZeroedMemory.allocate(capacity)
      entries = ZeroedMemory.allocate(batchCapacity)
      latest = ZeroedMemory.allocate(found.capacity)
      bounds = ZeroedMemory.allocate(pieces + 1)
    }

    deinit {
      for memory in [slots, gradientRows, entries, latest, bounds] { ZeroedMemory.free(memory) }
    }

    /// Lists the rows that a batch reads and copies their values: in training those that the step
    /// has found and fetched.
    func begin(_ batch: EncodedBatch, _ pass: Pass) {
      switch (pass, table.touched) {
      case (.training, let touched?):
        list(touched, firstLookup: fields.firstLookup(index), batch)
        copyValues(TableLookup(indices: slots, rows: table.touchedValues.view))
      case (.training, nil), (.evaluation, _):
        found.clear()
        found.find(batch.ids(index), count: batch.rows)
        list(found, firstLookup: 0, batch)
        for entry in 0..<count { slots[entry] = found.rows[Int(slots[entry])] }
        copyValues(TableLookup(indices: slots, rows: table.value.view))
      }
    }

    private func list(_ touched: TouchedRows, firstLookup: Int, _ batch: EncodedBatch) {
      count = 0
      let pieces = share.pieces(rows: batch.rows)
      let (found, places) = (touched.slots + firstLookup, touched.places + firstLookup)
      for piece in 0..<pieces.count {
        let first = count
        bounds[piece] = UInt32(first)
        for row in pieces[piece] {
          let slot = found[row]
          var entry = Int(latest[Int(slot)])
          // An entry of another piece or batch does not count.
          if !(first..<count).contains(entry) || slots[entry] != slot {
            entry = count
            latest[Int(slot)] = UInt32(entry)
            slots[entry] = slot
            gradientRows[entry] = places[row]
            count += 1
          }
          entries[row] = UInt32(entry)
        }
      }
      bounds[pieces.count] = UInt32(count)
    }

    private func copyValues(_ lookup: TableLookup) {
      LookupKernel.gather(lookup, rows: 0..<count, into: values.view)
    }

    func repeated(_ batch: EncodedBatch) -> RepeatedColumns {
      RepeatedColumns(
        columns, distinct: values.view.rows(0..<count), slots: entries, bounds: bounds,
        weights: batch.values(index), gradient: table.gradient.view, gradientRows: gradientRows)
    }
  }
}
