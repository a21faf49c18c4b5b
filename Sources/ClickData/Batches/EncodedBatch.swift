import Glibc

/// Rows as a model reads them: an id (and a value) a field, and a label, field by field in memory.
///
/// `ids(f)[row]` is the row of field `f`'s table, `values(f)[row]` what its vector is multiplied by; a sequence
/// field has several of both in `sequence(f)`, and in `ids(f)[row]` how many. The memory is allocated once for
/// `capacity` rows and used again for every batch.
public final class EncodedBatch: @unchecked Sendable {
  /// The most rows it can hold.
  public let capacity: Int
  /// The number of fields.
  public let fields: Int
  /// The rows it holds now.
  public var rows = 0
  /// Where each row stands in its split as stored, from 0: what `--predictions` calls `row`.
  public let positions: UnsafeMutablePointer<UInt64>
  /// The click labels, 0 or 1.
  public let labels: UnsafeMutablePointer<Float>

  /// From one field's ids to the next: an odd number of cache lines, so that a row's ids do not meet in one set of the cache.
  private let idStride: Int
  private let idMemory: UnsafeMutableRawPointer
  private let idStorage: UnsafeMutablePointer<UInt32>
  private let valueStorage: [UnsafeMutablePointer<Float>?]
  private let sequenceStorage: [SequenceColumn?]

  /// Allocates a batch; only fields of kind `value` get memory for values.
  public init(capacity: Int, schema: [FieldSchema]) {
    precondition(capacity > 0, "EncodedBatch: capacity must be positive, got \(capacity)")
    self.capacity = capacity
    fields = schema.count
    positions = .allocate(capacity: capacity)
    positions.initialize(repeating: 0, count: capacity)
    labels = .allocate(capacity: capacity)
    labels.initialize(repeating: 0, count: capacity)
    // Sixteen rows of a field fill a cache line.
    let (line, rowsInLine) = (64, 64 / MemoryLayout<UInt32>.stride)
    idStride = ((capacity + rowsInLine - 1) / rowsInLine | 1) * rowsInLine
    let ids = idStride * schema.count
    // Zeros of the system's take no memory until a row is written there.
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
      return SequenceColumn(rows: capacity, mostValues: field.mostValues)
    }
  }

  deinit {
    positions.deallocate()
    labels.deallocate()
    free(idMemory)
    for values in valueStorage { values?.deallocate() }
    for sequence in sequenceStorage { sequence?.deallocate() }
  }

  /// The ids of one field, one a row.
  @inline(__always)
  public func ids(_ field: Int) -> UnsafeMutablePointer<UInt32> { idStorage + field * idStride }

  /// The values of one field, one a row; nil where every value is 1.
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
