/// The fields of a scan whose encodings depend on all of its rows, within one bound on memory.
///
/// Once the counts of all fields exceed `memoryBound`, the largest are put off to a file until half of it is free again.
final class EncodingFit {
  /// What the counts may take before they are put off: 1 GiB.
  static let defaultMemoryBound = 1 << 30

  private let fields: [Int]
  private let fits: [any FieldFit]
  /// The fits of fields with one value a row.
  private let singles: [Int]
  private let memoryBound: Int
  private let folder: String
  private var columns: [Int]
  /// The fits of sequence fields, and the lists that hold their values.
  private let sequences: [Int]
  private var lists: [Int] = []
  private var spill: CountSpill?

  /// Prepares for the fields that need it.
  init(
    _ planned: [PlannedField], memoryBound: Int = EncodingFit.defaultMemoryBound,
    spillFolder: String = CountSpill.defaultFolder
  ) {
    let scanned = planned.enumerated().compactMap { index, field in
      field.scanned.map { (index, $0.makeFit()) }
    }
    fields = scanned.map(\.0)
    fits = scanned.map(\.1)
    sequences = fields.indices.filter { planned[scanned[$0].0].sequence != nil }
    singles = fields.indices.filter { planned[scanned[$0].0].sequence == nil }
    columns = fields
    self.memoryBound = memoryBound
    folder = spillFolder
  }

  /// The following rows come from a file of this layout.
  func begin(_ layout: FileLayout) {
    columns = fields.map { layout.fieldColumns[$0] }
    lists = sequences.map { layout.list(ofField: fields[$0]) ?? 0 }
  }

  /// Takes a good row.
  @inline(__always)
  func take(_ row: ColumnTable) {
    for index in singles {
      let count = Int(row.counts[columns[index]])
      if count > 0 { fits[index].take(row.starts[columns[index]], count) }
    }
    for (index, list) in zip(sequences, lists) {
      let values = row.lists[list]
      for value in 0..<values.count {
        fits[index].take(values.starts[value], Int(values.counts[value]))
      }
    }
  }

  /// Bytes of memory that the counts take.
  var bytes: Int { fits.reduce(0) { $0 + $1.bytes } }

  /// Keeps the memory within its bound.
  func relieve() throws {
    var total = bytes
    guard total > memoryBound else { return }
    let file = try spill ?? CountSpill(in: folder)
    spill = file
    for fit in fits.sorted(by: { $0.bytes > $1.bytes }) {
      guard total > memoryBound / 2 else { return }
      total -= fit.bytes
      try fit.spill(to: file)
    }
  }

  /// The encodings, by field.
  func encodings() throws -> [Int: FittedField.Encoding] {
    var encodings: [Int: FittedField.Encoding] = [:]
    for (field, fit) in zip(fields, fits) { encodings[field] = try fit.encoding(spill) }
    return encodings
  }
}
