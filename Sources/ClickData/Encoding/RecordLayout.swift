/// The layout of the record of one encoded row: columns of 32-bit words.
///
/// An id per field, a value per field of kind `value` (the bits of a `Float`), the ids and weights
/// of sequences, the label (the bits of a `Float`), and the row's position in two halves, the lower
/// one first. The id's word of a sequence field holds the number of its values; its ids and weights
/// have `maxValues` words each, padded with zeros. Where rows have weights, the last word is the
/// row's (the bits of a `Float`).
struct RecordLayout: Equatable {
  /// A column of a record: its name, and its type as numpy spells it.
  struct Column: Equatable {
    var name: String
    var type: String
    /// The number of elements; nil for a scalar.
    var count: Int?
  }

  /// Where a record holds the values of a sequence field: ids, then as many weights.
  struct Sequence: Equatable {
    var field: Int
    var maxValues: Int
    var idWord: Int
    var weightWord: Int { idWord + maxValues }
  }

  let fields: Int
  let valueFields: [Int]
  let sequences: [Sequence]
  /// The word of the label; the position follows it.
  let labelWord: Int
  /// The word of the row's weight; nil where every row counts once.
  let weightWord: Int?
  /// All columns in the order of their words; their names are unique.
  let columns: [Column]

  init(_ schema: [FieldSchema], weighted: Bool = false) {
    fields = schema.count
    valueFields = schema.indices.filter { schema[$0].kind == .value }
    var word = fields + valueFields.count
    sequences = schema.enumerated().compactMap { field, description in
      guard description.kind == .sequence else { return nil }
      defer { word += 2 * description.maxValues }
      return Sequence(field: field, maxValues: description.maxValues, idWord: word)
    }
    labelWord = word
    weightWord = weighted ? word + 3 : nil
    let reserved = ["label", "position"] + (weighted ? ["weight"] : [])
    var taken = Set(reserved)
    /// A field may have the name of another column; underscores make it unique.
    func unique(_ name: String) -> String {
      var name = name
      while !taken.insert(name).inserted { name += "_" }
      return name
    }
    columns =
      schema.map { Column(name: unique($0.name), type: "<u4") }
      + valueFields.map { Column(name: unique("\(schema[$0].name).value"), type: "<f4") }
      + sequences.flatMap { sequence in
        [("ids", "<u4"), ("weights", "<f4")].map { part, type in
          Column(
            name: unique("\(schema[sequence.field].name).\(part)"), type: type,
            count: sequence.maxValues)
        }
      }
      + [Column(name: reserved[0], type: "<f4"), Column(name: reserved[1], type: "<u8")]
      + (weighted ? [Column(name: reserved[2], type: "<f4")] : [])
  }

  var words: Int { labelWord + (weightWord == nil ? 3 : 4) }
  var bytes: Int { words * MemoryLayout<UInt32>.size }
}
