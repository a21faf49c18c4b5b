/// How the record of one encoded row lies in memory: columns of 32-bit words, one after another.
///
/// An id a field, a value a field of kind `value` (the bits of a `Float`), the label (likewise), and the row's
/// position in two halves, the lower one first. Of a sequence field the id's word holds how many values there are, and
/// behind the values stand its ids and their weights, as many as there may be, zeros behind those there are.
struct RecordLayout: Equatable {
  /// A column of a record: its name, and its type in numpy's words.
  struct Column: Equatable {
    var name: String
    var type: String
    /// How many of them there are; nil where there is just one.
    var count: Int?
  }

  /// Where a record keeps the values of a sequence field: ids, then as many weights.
  struct Sequence: Equatable {
    var field: Int
    var mostValues: Int
    var idWord: Int
    var weightWord: Int { idWord + mostValues }
  }

  /// The number of fields, whose ids come first.
  let fields: Int
  /// The fields of kind `value`, in the order of their words.
  let valueFields: [Int]
  /// The fields of kind `sequence`, in the order of their words.
  let sequences: [Sequence]
  /// Where the label stands; the position follows it.
  let labelWord: Int
  /// All columns in the order of their words; no two have the same name.
  let columns: [Column]

  /// The layout of rows with these fields.
  init(_ schema: [FieldSchema]) {
    fields = schema.count
    valueFields = schema.indices.filter { schema[$0].kind == .value }
    var word = fields + valueFields.count
    sequences = schema.enumerated().compactMap { field, description in
      guard description.kind == .sequence else { return nil }
      defer { word += 2 * description.mostValues }
      return Sequence(field: field, mostValues: description.mostValues, idWord: word)
    }
    labelWord = word
    let reserved = ["label", "position"]
    var taken = Set(reserved)
    /// A field may have the name of another column; underscores tell it apart.
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
            count: sequence.mostValues)
        }
      }
      + [Column(name: reserved[0], type: "<f4"), Column(name: reserved[1], type: "<u8")]
  }

  /// Words of a record.
  var words: Int { labelWord + 3 }
  /// Bytes of a record.
  var bytes: Int { words * MemoryLayout<UInt32>.size }
}
