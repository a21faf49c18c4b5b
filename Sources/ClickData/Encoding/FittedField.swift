import Glibc

/// One field with everything needed to turn its text into an id and a value.
public struct FittedField: Equatable, Sendable {
  /// The field's name, which is part of its hash.
  public let name: String
  /// How its text becomes an id.
  public let encoding: Encoding
  /// The field whose encoding and table this one uses; nil where it has its own.
  public let embeddingOf: String?
  /// How several values of a row become one vector; nil where a row has one.
  public let sequence: SequenceRule?
  /// The distinct values of the training rows, without blanks; nil where no scan counted them.
  public let distinct: Int?

  /// Describes a field.
  public init(
    name: String, encoding: Encoding, embeddingOf: String? = nil, sequence: SequenceRule? = nil,
    distinct: Int? = nil
  ) {
    self.name = name
    self.encoding = encoding
    self.embeddingOf = embeddingOf
    self.sequence = sequence
    self.distinct = distinct
  }

  /// The expected share of so many values that share their bucket with another; nil unless hashed.
  ///
  /// Of `n` values hashed uniformly into `b` buckets, that is `1 − (1 − 1/b)ⁿ⁻¹`.
  public func expectedCollisionShare(distinct: Int) -> Double? {
    guard case .hash(let buckets) = encoding else { return nil }
    guard distinct > 1 else { return 0 }
    return -expm1(Double(distinct - 1) * log1p(-1 / Double(buckets)))
  }

  /// The field whose table it uses, which is part of the hash of its values.
  var table: String { embeddingOf ?? name }

  /// What a model needs to know of it.
  public var schema: FieldSchema {
    let (kind, rows) = encoding.table
    var schema = FieldSchema(
      name: name, kind: sequence == nil ? kind : .sequence, rows: rows,
      maxValues: sequence?.maxLength ?? 1, embeddingOf: embeddingOf)
    schema.distinct = distinct
    schema.unknownRow = encoding.vocabulary?.lookup.unknown
    return schema
  }
}

/// What a model needs to know of one field: its name, and how many rows its embedding table has.
///
/// Row 0 of every table is the missing value.
public struct FieldSchema: Equatable, Sendable, Codable {
  /// What a field's ids mean.
  public enum Kind: String, Sendable, Codable {
    /// Ids are rows of the table; every value is 1.
    case category
    /// Id 1 with the number as its value; a missing number is id 0 with value 1.
    case value
    /// A row has up to `maxValues` ids, each with a weight.
    case sequence
  }

  /// The field's name, such as "C14".
  public let name: String
  /// What its ids mean.
  public let kind: Kind
  /// Rows of its table: every id is in `0..<rows`.
  public let rows: Int
  /// The maximum number of values per row: more than 1 for sequences only.
  public let maxValues: Int
  /// The field whose table it uses; nil where it has its own.
  public let embeddingOf: String?
  /// The distinct values of the training rows, without blanks; nil where no scan counted them.
  public var distinct: Int?
  /// The row shared by all values outside a vocabulary; nil without a vocabulary.
  public var unknownRow: UInt32?

  /// Describes a field.
  public init(
    name: String, kind: Kind, rows: Int, maxValues: Int = 1, embeddingOf: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.rows = rows
    self.maxValues = maxValues
    self.embeddingOf = embeddingOf
  }
}
