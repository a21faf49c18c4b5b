/// What is wrong with a feature of a line in libffm or libsvm.
enum FeatureFault {
  /// It is not of the form that the format has.
  case form
  /// Its number is none that the settings declare.
  case unknown
  /// Its field has a feature already, and is no sequence.
  case second(field: Int)
  /// The value of a category is not 1.
  case value(field: Int)
  /// The weight in a sequence is no number.
  case weight(field: Int)
  /// Its field has as many features as there is room for.
  case tooMany(field: Int)

  /// The field that it belongs to, if that is known.
  var field: Int? {
    switch self {
    case .form, .unknown: nil
    case .second(let field), .value(let field), .weight(let field), .tooMany(let field): field
    }
  }

  /// What was expected in its place.
  func expected(_ table: FeatureTable, _ layout: FileLayout) -> String {
    switch self {
    case .form:
      table.namesFields
        ? "field:feature:value with two whole numbers before the value"
        : "feature:value with a whole number before the value"
    case .unknown:
      table.namesFields
        ? "a field of dataset.fields (\(table.known))"
        : "a feature of a field of dataset.fields (\(table.known))"
    case .second: "one feature of this field (type: sequence takes several)"
    case .value: "the value 1 of a category (type: sequence and type: numeric take others)"
    case .weight: "a value of at most 3.4e38 in size"
    case .tooMany(let field):
      "at most \(layout.lists[table.lists[field]].most) features of this field (its max_len)"
    }
  }
}
