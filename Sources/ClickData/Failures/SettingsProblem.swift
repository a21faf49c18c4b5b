/// What is wrong with the `dataset:` or `features:` settings of a configuration.
public enum SettingsProblem: Equatable, Sendable {
  /// Neither `train` nor `source` names a file.
  case noFiles
  /// Both `source` and files of a split are given.
  case sourceAndFiles(split: String)
  /// `source` without `split`.
  case sourceWithoutSplit
  /// `split` without `source`.
  case splitWithoutSource
  /// Shares that are negative or do not sum to 1.
  case shares(train: Double, valid: Double, test: Double)
  /// A delimiter that is not one ASCII character.
  case delimiter(String)
  /// A text of a missing value that is empty, or the label of a click.
  case missingToken(String)
  /// The label's column listed among the fields.
  case labelIsField(String)
  /// The label's column as that of the weights.
  case weightIsLabel(String)
  /// A share of negatives that is not above 0 and at most 1.
  case negativeRate(Double)
  /// Sampled splits without the training rows.
  case trainNotSampled
  /// No label, and a first column that is less likely to be one than another column.
  case label(first: String, other: String)
  /// A field listed twice.
  case repeatedField(String)
  /// No field at all.
  case noFields
  /// An override of a field that the data does not have.
  case unknownField(String, fields: [String])
  /// A numeric encoding of a field that holds text.
  case numericText(String)
  /// A field whose `embedding_of` is not another field of the data.
  case noOwner(String, field: String)
  /// A field whose `embedding_of` itself uses the table of another, the first.
  case sharedOwner(String, field: String, first: String)
  /// A table of numbers, which cannot be shared.
  case numericOwner(String, field: String)
  /// An override of a field that uses the encoding of another.
  case sharedOverride(String, owner: String)
  /// A number outside its range, which `expected` describes.
  case number(Int, key: String, expected: String)
  /// A splitter of a sequence that is not one ASCII character.
  case splitter(String, field: String)
  /// libffm without a list of its fields.
  case noNumberedFields
  /// A field of libsvm, one of several, without the numbers of its features.
  case noFeatures(String)
  /// A number that two fields of libffm, or a feature that two fields of libsvm, claim.
  case sharedNumber(UInt64, String, String)
  /// A timestamp in libffm or libsvm.
  case timestampFeature(String)
  /// A split that the settings do not give.
  case noSplit(String)
}

extension SettingsProblem: CustomStringConvertible {
  /// Which texts separate columns or values.
  public static let separatorRule = "one ASCII character that is no quote, digit or line end"

  /// The problem in one line: which key, what was found, what was expected.
  public var description: String { "\(subject): \(finding)" }

  /// The key that has to change, such as "dataset.split".
  public var key: String {
    switch self {
    case .noFiles: "dataset"
    case .sourceAndFiles, .sourceWithoutSplit: "dataset.source"
    case .splitWithoutSource, .shares: "dataset.split"
    case .label: "dataset.label"
    case .weightIsLabel: "dataset.weight"
    case .negativeRate: "dataset.negative_rate"
    case .trainNotSampled: "dataset.sampled_splits"
    case .delimiter: "dataset.delimiter"
    case .missingToken: "dataset.missing"
    case .labelIsField, .repeatedField, .noFields, .noNumberedFields, .sharedNumber, .splitter,
      .noFeatures, .noOwner, .sharedOwner, .numericOwner, .timestampFeature:
      "dataset.fields"
    case .unknownField: "features.overrides"
    case .numericText(let name), .sharedOverride(let name, _): "features.overrides.\(name)"
    case .number(_, let key, _): key.prefix { $0 != "," }.description
    case .noSplit(let split): "dataset.\(split)"
    }
  }

  /// Another key that contradicts it; nil if there is none.
  public var otherKey: String? {
    guard case .sourceAndFiles(let split) = self else { return nil }
    return "dataset.\(split)"
  }

  /// The key, with the field if it is one of several below the key.
  public var subject: String {
    switch self {
    case .splitter(_, let field), .noFeatures(let field), .noOwner(_, let field),
      .sharedOwner(_, let field, _), .numericOwner(_, let field), .timestampFeature(let field):
      "\(key), \(field)"
    case .number(_, let key, _): key
    default: key
    }
  }

  /// What was found, what was expected, what to do.
  public var finding: String {
    switch self {
    case .noFiles: "expected train or source, found neither; name the files to read"
    case .sourceAndFiles(let split):
      "given together with dataset.\(split); remove one or set it to null"
    case .sourceWithoutSplit: "expected dataset.split beside it; add its shares"
    case .splitWithoutSource:
      "expected dataset.source beside it; name the files, or remove the split"
    case .shares(let train, let valid, let test):
      "expected shares of 0 or more that sum to 1, found train \(train), valid \(valid) and "
        + "test \(test), a sum of \(((train + valid + test) * 1e9).rounded() / 1e9)"
    case .delimiter(let text):
      "expected \(Self.separatorRule), found \"\(text)\""
    case .missingToken(""): "found an empty text, which is always missing; remove it"
    case .missingToken(let text):
      "found \"\(text)\", which is dataset.positive, the label of a click; remove one"
    case .labelIsField(let name):
      "expected fields without the label, found \"\(name)\"; remove it"
    case .weightIsLabel(let name):
      "expected another column than the label, found \"\(name)\"; name the column of the weights"
    case .negativeRate(let found): "expected a number above 0 and at most 1, found \(found)"
    case .trainNotSampled:
      "expected train among them: dataset.negative_rate is the share that the training rows kept"
    case .label(let first, let other):
      "expected the name of the label's column, found none; the first column is \"\(first)\", and "
        + "there is a column \"\(other)\": set dataset.label to one of them"
    case .repeatedField(let name):
      "expected each field once, found \"\(name)\" twice; remove one"
    case .noFields: "expected a column beside the label, found none"
    case .unknownField(let name, let fields):
      "expected a field of the data, found \"\(name)\"; the fields are \(Excerpt.list(fields))"
    case .numericText:
      "expected a categorical encoding, found a numeric one; the field holds text"
    case .noOwner(let name, _):
      "expected embedding_of to be another field of dataset.fields, found \"\(name)\"; list it"
    case .sharedOwner(let name, _, let first):
      "expected embedding_of to be a field with its own table, found \"\(name)\", which uses that "
        + "of \"\(first)\"; write embedding_of: \(first)"
    case .numericOwner(let name, let field):
      "expected embedding_of between fields of categories, found numbers in \"\(name)\"; "
        + (name == field ? "remove it" : "choose another field, or a categorical encoding for it")
    case .sharedOverride(_, let owner):
      "has no meaning with embedding_of: \(owner), whose encoding it uses; override \(owner)"
    case .number(let found, _, let expected): "expected \(expected), found \(found)"
    case .splitter(let text, _):
      "expected a splitter of \(Self.separatorRule), found \"\(text)\""
    case .noNumberedFields:
      "expected the fields of the libffm file in the order of their numbers, found none; list them"
    case .noFeatures:
      "expected first and last, the numbers of its features, found neither; add them"
    case .timestampFeature:
      "found type: timestamp, expected another; only columns of delimited text are points in time"
    case .sharedNumber(let number, let first, let second):
      "expected each number in one field, found \(number) in \(first) and in \(second); "
        + "separate them"
    case .noSplit: "expected files or a share of the source, found neither; add them"
    }
  }
}
