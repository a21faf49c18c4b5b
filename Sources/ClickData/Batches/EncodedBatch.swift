import Glibc

/// Rows as a model reads them: one id (and value) per field, and a label, field by field in memory.
///
/// `ids(f)[row]` is the row of field `f`'s table, `values(f)[row]` the factor of its vector; a
/// sequence field has several of both in `sequence(f)`, and their number in `ids(f)[row]`. The
/// memory is allocated once for `capacity` rows and reused for every batch.
public final class EncodedBatch: @unchecked Sendable {
  /// The maximum number of rows.
  public let capacity: Int
  /// The number of fields.
  public let fields: Int
  /// The current number of rows.
  public var rows = 0
  /// Each row's position in its split as stored, from 0; the column `row` of `--predictions`.
  public let positions: UnsafeMutablePointer<UInt64>
  /// The click labels, 0 or 1; NaN where rows are read without their labels.
  public let labels: UnsafeMutablePointer<Float>
  /// The texts of columns that are read beside the fields; nil for none.
  public let texts: CarriedTexts?
  /// The weights of the rows, finite and at least 0; nil where every row counts once.
  public let weights: UnsafeMutablePointer<Float>?

  /// From one field to the next: an odd number of cache lines, so that cache sets differ.
  private let idStride: Int
  private let idMemory: UnsafeMutableRawPointer
  private let idStorage: UnsafeMutablePointer<UInt32>
  private let valueStorage: [UnsafeMutablePointer<Float>?]
  private let sequenceStorage: [SequenceColumn?]

  /// Allocates a batch; only fields of kind `value` get memory for values, and only `weighted` rows
  /// for weights.
  public convenience init(capacity: Int, schema: [FieldSchema], weighted: Bool = false) {
    self.init(capacity: capacity, schema: schema, weighted: weighted, carriedColumns: 0)
  }

  /// Allocates a batch that also has the texts of so many columns.
  init(capacity: Int, schema: [FieldSchema], weighted: Bool, carriedColumns: Int) {
    precondition(capacity > 0, "EncodedBatch: capacity must be positive, got \(capacity)")
    self.capacity = capacity
    texts = carriedColumns > 0 ? CarriedTexts(columns: carriedColumns) : nil
    fields = schema.count
    positions = .allocate(capacity: capacity)
    positions.initialize(repeating: 0, count: capacity)
    labels = .allocate(capacity: capacity)
    labels.initialize(repeating: 0, count: capacity)
    weights = weighted ? .allocate(capacity: capacity) : nil
    weights?.initialize(repeating: 1, count: capacity)
    // Sixteen rows of a field fill a cache line.
    let (line, rowsInLine) = (64, 64 / MemoryLayout<UInt32>.stride)
    idStride = ((capacity + rowsInLine - 1) / rowsInLine | 1) * rowsInLine
    let ids = idStride * schema.count
    // Zero pages of the system take no memory until a row is written to them.
    guard let memory = calloc(ids * MemoryLayout<UInt32>.stride + line, 1) else {
      fatalError("EncodedBatch: the system has no memory for \(capacity) rows")
    }
    idMemory = memory
    idStorage = memory.alignedUp(toMultipleOf: line).bindMemory(to: UInt32.self, capacity: ids)
    valueStorage = schema.map { field in
      guard field.kind == .value else { return nil }
      let values = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
      values.initialize(repeating: 1, count: capacity)
      return values
    }
    sequenceStorage = schema.map { field in
      guard field.kind == .sequence else { return nil }
      return SequenceColumn(rows: capacity, maxValues: field.maxValues)
    }
  }

  deinit {
    positions.deallocate()
    labels.deallocate()
    weights?.deallocate()
    free(idMemory)
    for values in valueStorage { values?.deallocate() }
    for sequence in sequenceStorage { sequence?.deallocate() }
  }

  /// The ids of one field, one per row.
  @inline(__always)
  public func ids(_ field: Int) -> UnsafeMutablePointer<UInt32> { idStorage + field * idStride }

  /// The values of one field, one per row; nil where every value is 1.
  @inline(__always)
  public func values(_ field: Int) -> UnsafeMutablePointer<Float>? { valueStorage[field] }

  /// The values of a sequence field; nil where a row has one value.
  @inline(__always)
  public func sequence(_ field: Int) -> SequenceColumn? { sequenceStorage[field] }

  /// All ids that a field looks up, row after row.
  public func lookups(_ field: Int) -> (ids: UnsafePointer<UInt32>, count: Int) {
    guard let sequence = sequence(field) else { return (UnsafePointer(ids(field)), rows) }
    return (UnsafePointer(sequence.ids), sequence.starts[rows])
  }
}

/// The values of one sequence field in a batch, row after row: row r has those at
/// `starts[r]..<starts[r + 1]`.
///
/// Each has an id and a weight, which includes the divisor of a mean. The row's vector is `Σ weight
/// · E[id]`; a row without values has row 0 of the table with weight 1. The batch owns the memory.
public struct SequenceColumn {
  /// The rows of the field's table.
  public let ids: UnsafeMutablePointer<UInt32>
  /// The factors of their vectors.
  public let weights: UnsafeMutablePointer<Float>
  /// Where the values of each row start, and the end of the last row's.
  public let starts: UnsafeMutablePointer<Int>

  init(rows: Int, maxValues: Int) {
    ids = .allocate(capacity: rows * maxValues)
    ids.initialize(repeating: 0, count: rows * maxValues)
    weights = .allocate(capacity: rows * maxValues)
    weights.initialize(repeating: 0, count: rows * maxValues)
    starts = .allocate(capacity: rows + 1)
    starts.initialize(repeating: 0, count: rows + 1)
  }

  func deallocate() {
    ids.deallocate()
    weights.deallocate()
    starts.deallocate()
  }

  /// The places of a row's values.
  @inline(__always)
  public func places(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }
}
