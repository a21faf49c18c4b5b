/// Where rows come from and how their text is laid out: the `dataset:` section of a configuration.
public struct DatasetSettings: Equatable, Sendable {
  /// How a line of text is laid out.
  public enum Format: String, CaseIterable, Sendable {
    /// 40 columns split by tabs, no header: label, I1…I13, C1…C26.
    case criteo
    /// A header and columns split by commas or tabs; `hour` becomes hour, weekday and weekend.
    case avazu
    /// A header and columns split by a delimiter; the fields are declared in `fields`.
    case delimited
    /// No header: a label, then `field:feature:value` between blanks; the fields are declared in `fields`.
    case libffm
    /// No header: a label, then `feature:value` between blanks; `fields` says which features are whose.
    case libsvm
  }

  /// What becomes of a row that does not follow the format.
  public enum BadRowPolicy: String, CaseIterable, Sendable {
    /// The first one ends the run with an error.
    case fail
    /// It is counted and left out, up to `maxBadRows` of them.
    case skip
  }

  /// One column of delimited text, or one field of libffm or libsvm, that the model reads.
  public struct Field: Equatable, Sendable {
    /// Whether a column holds categories or numbers.
    public enum Kind: String, CaseIterable, Sendable {
      /// Each distinct text is a value of its own.
      case categorical
      /// The text is a number.
      case numeric
      /// The text holds several values.
      case sequence
    }
    /// The largest number of a field or feature.
    public static let maxNumber = 999_999_999_999_999_999
    /// The column's name in the header.
    public var name: String
    /// What the column holds.
    public var kind: Kind
    /// Of a sequence: how many values there may be, and what becomes of them.
    public var sequence: SequenceRule
    /// Of a sequence in delimited text: the one character between the values.
    public var splitter: String
    /// In libffm, the field's number; in libsvm, the numbers of its features.
    ///
    /// Nil in libffm is one more than the field before, from 0; in libsvm, for one field alone, all.
    public var numbers: ClosedRange<Int>?
    /// Declares a field.
    public init(
      name: String, kind: Kind, sequence: SequenceRule = SequenceRule(), splitter: String = "|",
      numbers: ClosedRange<Int>? = nil
    ) {
      self.name = name
      self.kind = kind
      self.sequence = sequence
      self.splitter = splitter
      self.numbers = numbers
    }
  }

  /// Where the encoded rows of a pass are kept for later ones.
  public enum Cache: Equatable, Sendable {
    /// Beside the run's folder, if the run reads its training rows more than once.
    case auto
    /// Nowhere: every pass reads the text.
    case off
    /// In a folder.
    case folder(String)
  }

  /// The shares of one source that go to each split, row by row.
  public struct SplitShares: Equatable, Sendable {
    /// Shares of the three splits; they sum to 1.
    public var train = 0.8, valid = 0.1, test = 0.1
    /// Chooses one of the possible splits.
    public var seed = 2018
    /// 8 : 1 : 1.
    public init() {}
  }

  /// The layout of the text.
  public var format = Format.criteo
  /// Paths and globs of each split, where the splits are files of their own; "-" is standard input.
  public var train: [String] = [], valid: [String] = [], test: [String] = []
  /// Paths and globs of one source that `split` divides row by row.
  public var source: [String] = []
  /// The shares of `source`; nil where the splits are files of their own.
  public var split: SplitShares?
  /// The label's column in delimited text; nil is the first column.
  public var label: String?
  /// What separates the columns of delimited text: one character; nil is told from the header (tab or comma).
  public var delimiter: String?
  /// The columns of delimited text to read; empty is every column but the label, as categories.
  public var fields: [Field] = []
  /// What becomes of a bad row.
  public var onBadRow = BadRowPolicy.fail
  /// How many bad rows `skip` may leave out before the run ends with an error.
  public var maxBadRows = 1000

  /// Where encoded rows are kept.
  public var cache = Cache.auto

  /// The defaults.
  public init() {}
}
