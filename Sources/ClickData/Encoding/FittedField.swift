/// One field with all that turns its text into an id and a value.
public struct FittedField: Equatable, Sendable {
  /// How the text becomes an id.
  public enum Encoding: Equatable, Sendable {
    /// A frozen hash into so many buckets; ids from 1, 0 is missing.
    case hash(buckets: Int)
    /// An id for each value of a vocabulary, from 1, and one for every other text; it holds the values that at least
    /// `minCount` training rows had.
    case vocabulary(Vocabulary, minCount: Int)
    /// `log_bucket` categories.
    case logBucket
    /// Buckets between edges.
    case quantile(QuantileEdges)
    /// Id 1 with the number as its value.
    case value
    /// Id 1 with the number, less a mean and over a deviation, as its value.
    case standardValue(mean: Double, deviation: Double)
  }

  /// The field's name, which is part of its hash.
  public let name: String
  /// How its text becomes an id.
  public let encoding: Encoding
  /// How several values of a row become one vector; nil where a row has one.
  public let sequence: SequenceRule?
  /// Distinct values of the training rows, blanks apart; nil where no scan counted them.
  public let distinct: Int?

  /// Describes a field.
  public init(
    name: String, encoding: Encoding, sequence: SequenceRule? = nil, distinct: Int? = nil
  ) {
    self.name = name
    self.encoding = encoding
    self.sequence = sequence
    self.distinct = distinct
  }

  /// What a model needs to know of it.
  public var schema: FieldSchema {
    var schema = table
    if let sequence {
      schema = FieldSchema(
        name: name, kind: .sequence, rows: table.rows, mostValues: sequence.maxLength)
    }
    schema.distinct = distinct
    return schema
  }

  private var table: FieldSchema {
    switch encoding {
    case .hash(let buckets): FieldSchema(name: name, kind: .category, rows: buckets + 1)
    case .vocabulary(let vocabulary, _):
      FieldSchema(name: name, kind: .category, rows: vocabulary.rows)
    case .logBucket: FieldSchema(name: name, kind: .category, rows: LogBucket.rows)
    case .quantile(let edges): FieldSchema(name: name, kind: .category, rows: edges.rows)
    case .value, .standardValue: FieldSchema(name: name, kind: .value, rows: 2)
    }
  }
}
