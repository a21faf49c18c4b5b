/// What is wrong with the `dataset:` or `features:` settings of a configuration.
public enum SettingsProblem: Equatable, Sendable {
  /// Neither `train` nor `source` names a file.
  case noFiles
  /// Both `source` and files of single splits are given.
  case sourceAndFiles
  /// `source` without `split`.
  case sourceWithoutSplit
  /// `split` without `source`.
  case splitWithoutSource
  /// Shares that are negative or do not sum to 1.
  case shares(sum: Double)
  /// A delimiter that is not one ASCII character.
  case delimiter(String)
  /// The label's column listed among the fields.
  case labelIsField(String)
  /// A field listed twice.
  case repeatedField(String)
  /// No field at all.
  case noFields
  /// An override of a field that the data does not have.
  case unknownField(String, fields: [String])
  /// A numeric encoding of a field that holds text.
  case numericText(String)
  /// A number outside its range, which `expected` describes.
  case number(Int, key: String, expected: String)
  /// Columns that only a header on standard input or in a pipe could name.
  case standardInputFields
  /// A scan of standard input or a pipe, after which no rows would be left to train on.
  case standardInputScan
  /// A splitter of a sequence that is not one ASCII character.
  case splitter(String, field: String)
  /// libffm without a list of its fields.
  case noNumberedFields
  /// A field of libsvm, one of several, without the numbers of its features.
  case noFeatures(String)
  /// A number that two fields of libffm, or a feature that two fields of libsvm, claim.
  case sharedNumber(Int, String, String)
  /// A split that the settings do not give.
  case noSplit(String)
}

extension SettingsProblem: CustomStringConvertible {
  /// The problem in one line: which key, what was found, what was expected.
  public var description: String {
    switch self {
    case .noFiles: "dataset: expected train or source, found neither; name the files to read"
    case .sourceAndFiles:
      "dataset: expected either source or train, valid and test, found both; remove one"
    case .sourceWithoutSplit: "dataset.source: expected dataset.split beside it; add its shares"
    case .splitWithoutSource: "dataset.split: expected dataset.source beside it; name the files"
    case .shares(let sum):
      "dataset.split: expected shares of 0 or more that sum to 1, found a sum of \(sum)"
    case .delimiter(let text):
      "dataset.delimiter: expected one ASCII character, found \"\(text)\""
    case .labelIsField(let name):
      "dataset.fields: expected fields without the label, found \"\(name)\"; remove it"
    case .repeatedField(let name):
      "dataset.fields: expected each field once, found \"\(name)\" twice; remove one"
    case .noFields: "dataset.fields: expected a column beside the label, found none"
    case .unknownField(let name, let fields):
      "features.overrides: expected a field of the data, found \"\(name)\"; "
        + "the fields are \(Excerpt.list(fields))"
    case .numericText(let name):
      "features.overrides.\(name): expected a categorical encoding, found a numeric one; "
        + "the field holds text"
    case .number(let found, let key, let expected): "\(key): expected \(expected), found \(found)"
    case .standardInputFields:
      "dataset.fields: expected a list of columns, found none; "
        + "a header on standard input or in a pipe cannot be read ahead"
    case .standardInputScan:
      "dataset: standard input and pipes can be read only once, and an encoding that depends on the "
        + "data scans them first; set features.categorical.buckets to a number or read a file"
    case .splitter(let text, let field):
      "dataset.fields, \(field): expected a splitter of one ASCII character, found \"\(text)\""
    case .noNumberedFields:
      "dataset.fields: expected the fields of the libffm file in the order of their numbers, "
        + "found none; list them"
    case .noFeatures(let field):
      "dataset.fields, \(field): expected first and last, the numbers of its features, "
        + "found neither; add them"
    case .sharedNumber(let number, let first, let second):
      "dataset.fields: expected each number in one field, found \(number) in \(first) and "
        + "in \(second); separate them"
    case .noSplit(let split):
      "dataset.\(split): expected files or a share of the source, found neither; add them"
    }
  }
}
