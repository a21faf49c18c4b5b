extension DatasetSettings {
  /// One column of delimited text, or one field of libffm or libsvm, that the model reads.
  public struct Field: Equatable, Sendable {
    /// Whether a column holds categories or numbers.
    public enum Kind: String, CaseIterable, Sendable {
      /// Each distinct text is a separate value.
      case categorical
      /// The text is a number.
      case numeric
      /// The text holds several values.
      case sequence
      /// The text is a point in time, which becomes three fields: hour, weekday and weekend.
      case timestamp
    }
    /// The largest number of a field or feature.
    public static let maxNumber = UInt64.max

    /// The column's name in the header.
    public var name: String
    /// What the column holds.
    public var kind: Kind
    /// Of a sequence: how many values a row may have, and how they are pooled.
    public var sequence: SequenceRule
    /// Of a sequence in delimited text: the one character between the values.
    public var splitter: String
    /// In libffm, the field's number; in libsvm, the numbers of its features.
    ///
    /// Nil is, in libffm, the number after that of the field before; in libsvm, all numbers.
    public var numbers: ClosedRange<UInt64>?
    /// The field whose encoding and table this one uses; nil where it has its own.
    public var embeddingOf: String?
    /// Declares a field.
    public init(
      name: String, kind: Kind, sequence: SequenceRule = SequenceRule(), splitter: String = "|",
      numbers: ClosedRange<UInt64>? = nil, embeddingOf: String? = nil
    ) {
      self.name = name
      self.kind = kind
      self.sequence = sequence
      self.splitter = splitter
      self.numbers = numbers
      self.embeddingOf = embeddingOf
    }

    /// Throws `DataFailure.settings` where a sequence cannot be read.
    func check() throws {
      guard kind == .sequence else { return }
      guard DatasetSettings.isSeparator(splitter) else {
        throw DataFailure.settings(.splitter(splitter, field: name))
      }
      let lengths = SequenceRule.lengthRange
      guard lengths.contains(sequence.maxLength) else {
        throw DataFailure.settings(
          .number(
            sequence.maxLength, key: "dataset.fields, \(name)",
            expected: "a max_len of \(lengths.lowerBound) to \(lengths.upperBound)"))
      }
    }
  }
}

/// How many values a row of a sequence field may have, and how they become one vector.
public struct SequenceRule: Equatable, Sendable {
  /// How the vectors of a row's values are combined.
  public enum Pooling: String, CaseIterable, Sendable {
    /// Their sum, divided by their number.
    case mean
    /// Their sum.
    case sum
  }

  /// Which values of a row with more than `maxLength` are used.
  public enum Truncation: String, CaseIterable, Sendable {
    /// The first ones.
    case first
    /// The last ones, which are the newest of a history.
    case last
  }

  /// The values of `maxLength` that batches have room for.
  public static let lengthRange = 1...4096

  /// The maximum number of values per row.
  public var maxLength: Int
  /// How their vectors are combined.
  public var pooling: Pooling

  /// Which values of a longer row are used; rows of libffm and libsvm may not be longer.
  public var truncation: Truncation

  /// Declares a rule.
  public init(maxLength: Int = 16, pooling: Pooling = .mean, truncation: Truncation = .last) {
    self.maxLength = maxLength
    self.pooling = pooling
    self.truncation = truncation
  }
}
