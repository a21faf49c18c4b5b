import Platform

/// Collects the values of one field during a scan, to determine how the field is encoded.
protocol FieldFit: AnyObject {
  /// Takes a text of a good row that is not empty.
  func take(_ text: UnsafeMutablePointer<UInt8>, _ count: Int)
  /// Bytes of memory that `spill` would free.
  var bytes: Int { get }
  /// Moves what is in memory to a file.
  func spill(to file: SpillFile) throws
  /// The encoding, after the last row; `spill` is the file that something was spilled to.
  func encoding(_ spill: SpillFile?, _ found: ScanCounts) throws -> FittedField.Encoding
}

/// What else a scan has counted when encodings are chosen.
struct ScanCounts {
  /// The distinct values of the field, estimated where there are many.
  var distinct = 0
  /// The rows of the label that fewer rows have.
  var rarerLabel = 0
}

/// The fits of the fields whose encodings depend on all rows of a scan, within one bound on memory.
///
/// When all counts exceed `memoryBound`, the largest are spilled to a file until they take half of
/// it.
final class EncodingFit {
  /// The memory that counts may take before they are spilled: 1 GiB.
  static let defaultMemoryBound = 1 << 30

  /// The fields whose encodings are fitted, and their fits.
  private let fields: [Int]
  private let fits: [any FieldFit]
  /// The fields with one value per row that are counted, and the sequences.
  private let singles: [Source], sequences: [Source]
  private let memoryBound: Int
  private let folder: String
  /// The column of each of `singles`, and the list of values of each of `sequences`.
  private var columns: [Int] = []
  private var lists: [Int] = []
  private var spill: SpillFile?

  /// A field whose values a fit takes: several where fields share a table.
  private struct Source {
    var field: Int
    var fit: Int
  }

  /// Fits the encodings that depend on all rows.
  convenience init(
    _ planned: [PlannedField], memoryBound: Int = EncodingFit.defaultMemoryBound,
    spillFolder: String = SpillFile.defaultFolder
  ) {
    self.init(planned, memoryBound: memoryBound, spillFolder: spillFolder) { index in
      guard case .allValues(let makeFit) = planned[index].encoding.requirement else { return nil }
      return makeFit()
    }
  }

  /// `makeFit` makes the fit of a field that has its own table; nil if it needs none.
  init(
    _ planned: [PlannedField], memoryBound: Int = EncodingFit.defaultMemoryBound,
    spillFolder: String = SpillFile.defaultFolder, makeFit: (Int) -> (any FieldFit)?
  ) {
    var fields: [Int] = []
    var fits: [any FieldFit] = []
    for (index, field) in planned.enumerated() where field.owner == nil {
      guard let fit = makeFit(index) else { continue }
      fields.append(index)
      fits.append(fit)
    }
    self.fields = fields
    self.fits = fits
    let places = Dictionary(uniqueKeysWithValues: zip(fields, fits.indices))
    let sources = planned.indices.compactMap { index in
      places[planned[index].owner?.index ?? index].map { Source(field: index, fit: $0) }
    }
    singles = sources.filter { planned[$0.field].sequence == nil }
    sequences = sources.filter { planned[$0.field].sequence != nil }
    self.memoryBound = memoryBound
    folder = spillFolder
  }

  func begin(_ layout: FileLayout) {
    columns = singles.map { layout.fieldColumns[$0.field] }
    lists = sequences.map { layout.list(ofField: $0.field) ?? 0 }
  }

  @inline(__always)
  func take(_ row: ColumnTable) {
    for (source, column) in zip(singles, columns) {
      let count = Int(row.counts[column])
      if count > 0 { fits[source.fit].take(row.starts[column], count) }
    }
    for (source, list) in zip(sequences, lists) {
      let values = row.lists[list]
      for value in 0..<values.count {
        fits[source.fit].take(values.starts[value], Int(values.counts[value]))
      }
    }
  }

  var bytes: Int { fits.reduce(0) { $0 + $1.bytes } }

  /// Spills counts where they exceed the bound on memory.
  func relieve() throws {
    var total = bytes
    guard total > memoryBound else { return }
    let file = try spill ?? SpillFile(in: folder, holding: "counts")
    spill = file
    for fit in fits.sorted(by: { $0.bytes > $1.bytes }) {
      guard total > memoryBound / 2 else { return }
      total -= fit.bytes
      try fit.spill(to: file)
    }
  }

  /// The encoding of each field that was fitted, given the distinct values of each table.
  func encodings(distinct: [Int], rarerLabel: Int = 0) throws -> [Int: FittedField.Encoding] {
    var encodings: [Int: FittedField.Encoding] = [:]
    for (field, fit) in zip(fields, fits) {
      encodings[field] = try fit.encoding(
        spill, ScanCounts(distinct: distinct[field], rarerLabel: rarerLabel))
    }
    return encodings
  }
}
