import ClickData
import Models

/// How many values of a split's rows training has never seen; missing values do not count.
public struct UnseenValues: Equatable, Sendable, Codable {
  /// The values of one field.
  public struct Field: Equatable, Sendable, Codable {
    /// The field's name.
    public let name: String
    /// Its values.
    public let values: Int
    /// Those that training has never seen.
    public let unseen: Int

    /// Counts the values of a field.
    public init(name: String, values: Int, unseen: Int) {
      self.name = name
      self.values = values
      self.unseen = unseen
    }

    /// The share of unseen values.
    public var share: Double { Double(unseen) / Double(max(values, 1)) }
  }

  /// Values of all fields but numbers that are used as they are.
  public let values: Int
  /// Those that training has never seen.
  public let unseen: Int
  /// The fields with the largest shares above 0, up to five, largest first.
  public let worst: [Field]
  /// Fields that training saw often, and of whose values here most are unseen; the first five.
  public let strange: [Field]
  /// The number of such fields.
  public let strangeCount: Int

  private static let kept = 5

  /// The share of unseen values.
  public var share: Double { Double(unseen) / Double(max(values, 1)) }

  /// Summarises fields; `isOften` decides whether training saw a field often.
  init(_ fields: [Field], isOften: (Int) -> Bool) {
    values = fields.reduce(0) { $0 + $1.values }
    unseen = fields.reduce(0) { $0 + $1.unseen }
    let order = fields.indices.filter { fields[$0].unseen > 0 }
      .sorted { fields[$0].share > fields[$1].share }
    worst = order.prefix(Self.kept).map { fields[$0] }
    let strange = order.filter { fields[$0].share > 0.5 && isOften($0) }
    strangeCount = strange.count
    self.strange = strange.prefix(Self.kept).map { fields[$0] }
  }
}

/// Counts the values of batches that training has never seen.
///
/// A value is unseen if it has the row of a vocabulary that all other values share, or a row of a
/// table that training never touched. Looking that up takes as long as a small model's forward, so
/// beyond `fullRows` rows only one batch in `stride` is counted.
public final class UnseenCounter {
  private let model: CTRModel
  private let fieldRows: [TouchedRows]
  private let countsUntouched: Bool
  /// Rows and batches of the pass so far, and the rows of those that were counted.
  private var rows = 0, batches = 0, countedRows = 0
  private var values: [Int]
  private var unseen: [Int]
  /// Training rows per seen row of a table from which on training saw a field often.
  private static let oftenRows = 2
  /// Rows of which all values are counted.
  static let fullRows = 1 << 16
  /// Beyond them, the distance from one counted batch to the next.
  static let stride = 64

  /// Counts for a model; of training rows, which touch their own rows, only `unknown` ones count.
  public init(_ model: CTRModel, training: Bool = false) {
    self.model = model
    fieldRows = model.fieldRows
    countsUntouched = !training
    values = Array(repeating: 0, count: model.schema.count)
    unseen = values
  }

  /// Counts the values of a batch, field by field.
  public func add(_ batch: EncodedBatch) {
    rows += batch.rows
    batches += 1
    guard countedRows < Self.fullRows || batches % Self.stride == 0 else { return }
    countedRows += batch.rows
    values.withUnsafeMutableBufferPointer { values in
      unseen.withUnsafeMutableBufferPointer { unseen in
        model.pool.run(model.schema.count) { field in
          guard model.schema[field].kind != .value,
            countsUntouched || model.schema[field].unknownRow != nil
          else { return }
          let found = count(batch.lookups(field), field)
          values[field] += found.values
          unseen[field] += found.unseen
        }
      }
    }
  }

  private func count(
    _ lookups: (ids: UnsafePointer<UInt32>, count: Int), _ field: Int
  ) -> (values: Int, unseen: Int) {
    let unknown = model.schema[field].unknownRow ?? .max
    var missing = 0
    var unseen = 0
    guard countsUntouched else {
      for index in 0..<lookups.count {
        missing &+= lookups.ids[index] == 0 ? 1 : 0
        unseen &+= lookups.ids[index] == unknown ? 1 : 0
      }
      return (lookups.count - missing, unseen)
    }
    let seen = fieldRows[field].seen
    for index in 0..<lookups.count {
      let id = lookups.ids[index]
      let isMissing = id == 0
      missing &+= isMissing ? 1 : 0
      unseen &+= !isMissing && (id == unknown || seen[Int(id)] == 0) ? 1 : 0
    }
    return (lookups.count - missing, unseen)
  }

  /// The result for a pass that found `findings`, after training on `trainRows` rows.
  ///
  /// `rare` counts the values of training rows that are outside vocabularies.
  public func result(
    _ findings: RowFindings, trainRows: Int?, rare: [UnseenValues.Field] = []
  ) -> UnseenValues {
    let fields = model.schema.indices.map { field in
      // Blanks of some vocabularies have the row of unknown values.
      let allBlanks = findings.blanks.indices.contains(field) ? findings.blanks[field] : 0
      let blanks = Int((Double(allBlanks) * Double(countedRows) / Double(max(rows, 1))).rounded())
      return UnseenValues.Field(
        name: model.schema[field].name, values: max(values[field] - blanks, 0),
        unseen: max(unseen[field] - blanks, 0))
    }
    let rareFields = Set(rare.filter { $0.share > 0.5 }.map(\.name))
    return UnseenValues(fields) { field in
      // Training rows have seen themselves; values outside their vocabularies are only rare.
      guard countsUntouched, !rareFields.contains(fields[field].name) else { return false }
      return trainRows.map { $0 >= Self.oftenRows * seenRows(of: field) } ?? true
    }
  }

  private func seenRows(of field: Int) -> Int {
    let touched = fieldRows[field]
    return (0..<touched.tableRows).reduce(0) { $0 + Int(touched.seen[$1]) }
  }
}
