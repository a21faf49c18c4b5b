import Glibc

/// Where rows come from and the format of their text: the `dataset:` section of a configuration.
public struct DatasetSettings: Equatable, Sendable {
  /// How rows are written as text.
  public enum Format: String, CaseIterable, Sendable {
    /// 40 columns separated by tabs, no header: label, I1…I13, C1…C26.
    case criteo
    /// A header and columns separated by commas or tabs; `hour` becomes hour, weekday and weekend.
    case avazu
    /// A header and columns separated by a delimiter; the fields are declared in `fields`.
    case delimited
    /// No header: a label, then `field:feature:value` between blanks; `fields` lists the fields.
    case libffm
    /// No header: a label, then `feature:value` between blanks; `fields` lists their features.
    case libsvm
  }

  /// What a double quote means in delimited text.
  public enum Quote: String, CaseIterable, Sendable {
    /// At the start of a column, it begins a text in quotes.
    case double
    /// It is a character like any other.
    case none
  }

  /// What happens to a row that does not follow the format.
  public enum BadRowPolicy: String, CaseIterable, Sendable {
    /// The first one ends the run with an error.
    case fail
    /// It is counted and skipped, up to `maxBadRows` of them.
    case skip
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
    /// The column by whose order the rows are divided, the first ones train; nil divides at random.
    public var by: String?
    /// Selects one of the possible random splits.
    public var seed = 2018
    /// 8 : 1 : 1.
    public init() {}
  }

  /// The format of the text.
  public var format = Format.criteo
  /// Paths and globs of each split, where the splits are separate files; "-" is standard input.
  public var train: [String] = [], valid: [String] = [], test: [String] = []
  /// Paths and globs of one source that `split` divides row by row.
  public var source: [String] = []
  /// The shares of `source`; nil where the splits are separate files.
  public var split: SplitShares?
  /// The label's column in delimited text; nil is the first column.
  public var label: String?
  /// The character between columns of delimited text; nil detects a tab or comma from the header.
  public var delimiter: String?
  /// What a double quote means in delimited text.
  public var quote = Quote.double
  /// The label of a click, where every other label means none; nil is 1, also as 1.0 or true.
  public var positive: String?
  /// Texts that mean a missing value, beside the empty one.
  public var missing: [String] = []
  /// The column of the weight with which a row counts in loss and metrics; nil counts each once.
  public var weight: String?
  /// The share of the negatives, above 0 and at most 1, that was kept in the training rows.
  public var negativeRate = 1.0
  /// The splits whose negatives were sampled so; nil is those of a source, or else `train` alone.
  public var sampledSplits: [Split]?
  /// The columns of delimited text to read; empty is every column except label and weight, as
  /// categories.
  public var fields: [Field] = []
  /// What happens to a bad row.
  public var onBadRow = BadRowPolicy.fail
  /// How many bad rows `skip` may leave out before the run ends with an error.
  public var maxBadRows = BadRowLimit.share(0.01)

  /// Where encoded rows are kept.
  public var cache = Cache.auto

  /// The defaults.
  public init() {}
}

/// A part of the data with its own purpose.
public enum Split: String, CaseIterable, Sendable {
  /// What the model learns from.
  case train
  /// What selects the best checkpoint.
  case valid
  /// What is reported.
  case test
}

extension DatasetSettings {
  /// The delimiter as a byte; nil where it is detected from the header.
  var delimiterByte: UInt8? { delimiter?.utf8.first }

  /// Whether a text may separate columns or values.
  public static func isSeparator(_ text: String) -> Bool {
    guard text.utf8.count == 1, let byte = text.utf8.first else { return false }
    return !"\0\"\r\n0123456789".utf8.contains(byte)
  }

  /// Paths and globs of a split with separate files.
  func patterns(of split: Split) -> [String] {
    switch split {
    case .train: train
    case .valid: valid
    case .test: test
    }
  }

  /// Whether a split has files or a share of the source.
  public func has(_ split: Split) -> Bool { !patterns(of: split).isEmpty || share(of: split) > 0 }

  /// A split's share of the source.
  func share(of split: Split) -> Double {
    guard let shares = self.split else { return 0 }
    return switch split {
    case .train: shares.train
    case .valid: shares.valid
    case .test: shares.test
    }
  }

  /// The share of the negatives that the rows of a split still have: `negativeRate` or 1.
  public func negativeRate(of split: Split) -> Double {
    let isSampled = sampledSplits?.contains(split) ?? (!source.isEmpty || split == .train)
    return isSampled ? negativeRate : 1
  }

  /// What corrects a logit for the negatives that the training rows lack: `ln negativeRate`.
  ///
  /// Keeping a share `r` of the negatives multiplies the odds of a click by `1/r`.
  public var logitShift: Double { negativeRate == 1 ? 0 : log(negativeRate) }

  /// Throws `DataFailure.settings` where the settings of any format contradict one another.
  func checkMembers() throws {
    try checkFiles()
    try checkColumns()
    try checkSampling()
  }

  private func checkFiles() throws {
    let separate = Split.allCases.first { !patterns(of: $0).isEmpty }
    guard separate != nil || !source.isEmpty else { throw DataFailure.settings(.noFiles) }
    if let separate, !source.isEmpty {
      throw DataFailure.settings(.sourceAndFiles(split: "\(separate)"))
    }
    guard split != nil || source.isEmpty else { throw DataFailure.settings(.sourceWithoutSplit) }
    guard split == nil || !source.isEmpty else { throw DataFailure.settings(.splitWithoutSource) }
    guard let split else { return }
    // Written so that NaN fails.
    guard Split.allCases.map(share).allSatisfy({ $0 >= 0 }),
      abs(split.train + split.valid + split.test - 1) <= 1e-9
    else {
      throw DataFailure.settings(.shares(train: split.train, valid: split.valid, test: split.test))
    }
  }

  private func checkSampling() throws {
    // Written so that NaN fails.
    guard negativeRate > 0, negativeRate <= 1 else {
      throw DataFailure.settings(.negativeRate(negativeRate))
    }
    guard let sampledSplits else { return }
    guard sampledSplits.contains(.train) else { throw DataFailure.settings(.trainNotSampled) }
  }

  private func checkColumns() throws {
    if let delimiter, !Self.isSeparator(delimiter) {
      throw DataFailure.settings(.delimiter(delimiter))
    }
    if let token = missing.first(where: { $0 == positive || $0.isEmpty }) {
      throw DataFailure.settings(.missingToken(token))
    }
    if let weight, weight == label { throw DataFailure.settings(.weightIsLabel(weight)) }
    var seen: Set<String> = []
    for field in fields {
      guard field.name != label else { throw DataFailure.settings(.labelIsField(field.name)) }
      guard seen.insert(field.name).inserted else {
        throw DataFailure.settings(.repeatedField(field.name))
      }
    }
    for field in fields { try field.check() }
    try checkSharedTables()
  }

  /// A field may use the table of another one that has its own; both hold categories.
  private func checkSharedTables() throws {
    let byName = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for field in fields {
      guard let name = field.embeddingOf else { continue }
      guard field.kind != .numeric else {
        throw DataFailure.settings(.numericOwner(field.name, field: field.name))
      }
      guard let owner = byName[name], name != field.name else {
        throw DataFailure.settings(.noOwner(name, field: field.name))
      }
      if let first = owner.embeddingOf {
        throw DataFailure.settings(.sharedOwner(name, field: field.name, first: first))
      }
      guard owner.kind != .numeric else {
        throw DataFailure.settings(.numericOwner(name, field: field.name))
      }
    }
  }
}
