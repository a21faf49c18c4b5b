/// Collects the values of one field during a scan, to determine how the field is encoded.
protocol FieldFit: AnyObject {
  /// Takes a text of a good row that is not empty.
  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int)
  /// Bytes of memory that `spill` would free.
  var bytes: Int { get }
  /// Moves what is in memory to a file.
  func spill(to file: CountSpill) throws
  /// The encoding, after the last row; `spill` is the file that something was spilled to.
  func encoding(_ spill: CountSpill?) throws -> FittedField.Encoding
}

/// The fits of the fields whose encodings depend on all rows of a scan, within one bound on memory.
///
/// When all counts exceed `memoryBound`, the largest are spilled to a file until they take half of
/// it.
final class EncodingFit {
  /// The memory that counts may take before they are spilled: 1 GiB.
  static let defaultMemoryBound = 1 << 30

  private let fields: [Int]
  private let fits: [any FieldFit]
  /// The fits of fields with one value per row.
  private let singles: [Int]
  private let memoryBound: Int
  private let folder: String
  private var columns: [Int]
  /// The fits of sequence fields, and the lists that hold their values.
  private let sequences: [Int]
  private var lists: [Int] = []
  private var spill: CountSpill?

  init(
    _ planned: [PlannedField], memoryBound: Int = EncodingFit.defaultMemoryBound,
    spillFolder: String = CountSpill.defaultFolder
  ) {
    let scanned = planned.enumerated().compactMap { index, field -> (Int, any FieldFit)? in
      if case .allValues(let makeFit) = field.encoding.requirement {
        (index, makeFit())
      } else {
        nil
      }
    }
    fields = scanned.map(\.0)
    fits = scanned.map(\.1)
    sequences = fields.indices.filter { planned[scanned[$0].0].sequence != nil }
    singles = fields.indices.filter { planned[scanned[$0].0].sequence == nil }
    columns = fields
    self.memoryBound = memoryBound
    folder = spillFolder
  }

  func begin(_ layout: FileLayout) {
    columns = fields.map { layout.fieldColumns[$0] }
    lists = sequences.map { layout.list(ofField: fields[$0]) ?? 0 }
  }

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

  var bytes: Int { fits.reduce(0) { $0 + $1.bytes } }

  /// Spills counts where they exceed the bound on memory.
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

  func encodings() throws -> [Int: FittedField.Encoding] {
    var encodings: [Int: FittedField.Encoding] = [:]
    for (field, fit) in zip(fields, fits) { encodings[field] = try fit.encoding(spill) }
    return encodings
  }
}
