/// What is wrong with one row, as inner loops return it: nothing is allocated until it is reported.
enum RowFault {
  case columns(found: Int)
  case label
  /// The header again, in rows whose labels are not read: another row would be one.
  case header
  case weight(column: Int)
  case number(column: Int)
  case range(column: Int)
  case hour(column: Int)
  case timestamp(column: Int)
  case order(column: Int, expected: String)
  case openQuote(column: Int)
  case textAfterQuote(column: Int)
  case feature(FeatureFault)
}

/// What is wrong with one entry of a line whose format has a `LineCutter`.
enum FeatureFault {
  /// It does not have the form that the format prescribes.
  case form
  /// A number in it is 2^64 or more.
  case size
  /// Its number is not one that the settings declare.
  case unknown
  /// Its field has a feature already, and is not a sequence.
  case second(field: Int)
  /// The value of a category is not 1.
  case value(field: Int)
  /// The weight in a sequence is not a number.
  case weight(field: Int)
  /// Its field has the maximum number of features already.
  case tooMany(field: Int)

  /// The field that it belongs to, if that is known.
  var field: Int? {
    switch self {
    case .form, .size, .unknown: nil
    case .second(let field), .value(let field), .weight(let field), .tooMany(let field): field
    }
  }
}
