/// What a model needs to know of one field: its name, and how many rows its embedding table has.
///
/// Row 0 of every table stands for the missing value.
public struct FieldSchema: Equatable, Sendable {
  /// What a field's ids mean.
  public enum Kind: String, Sendable {
    /// Ids name rows of the table; every value is 1.
    case category
    /// Id 1 with the number as its value; a missing number is id 0 with value 1.
    case value
    /// A row has up to `mostValues` ids, each with a weight.
    case sequence
  }

  /// The field's name, such as "C14".
  public let name: String
  /// What its ids mean.
  public let kind: Kind
  /// Rows of its table: every id lies in `0..<rows`.
  public let rows: Int
  /// The most values of one row: more than 1 in sequences alone.
  public let mostValues: Int
  /// Distinct values of the training rows, blanks apart; nil where no scan counted them.
  public var distinct: Int?

  /// Describes a field.
  public init(name: String, kind: Kind, rows: Int, mostValues: Int = 1) {
    self.name = name
    self.kind = kind
    self.rows = rows
    self.mostValues = mostValues
  }
}
