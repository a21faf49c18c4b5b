extension DatasetSettings {
  /// The delimiter as a byte; nil where it is told from the header.
  var delimiterByte: UInt8? { delimiter?.utf8.first }

  /// Which texts separate columns or values, for sentences.
  public static let separatorRule = "one ASCII character that is no quote, digit or line end"

  /// Whether a text may separate columns or values.
  public static func isSeparator(_ text: String) -> Bool {
    guard text.utf8.count == 1, let byte = text.utf8.first else { return false }
    return !"\0\"\r\n0123456789".utf8.contains(byte)
  }

  /// The number of fields; nil if a header determines it.
  public var fieldCount: Int? {
    switch format {
    case .criteo: CriteoLayout.fields.count
    case .avazu: AvazuLayout.fields.count
    case .delimited: fields.isEmpty ? nil : fields.count
    case .libffm, .libsvm: FeatureTable.fields(of: self).count
    }
  }

  /// Paths and globs of a split with files of its own.
  func patterns(of split: Split) -> [String] {
    switch split {
    case .train: train
    case .valid: valid
    case .test: test
    }
  }

  /// A split's share of the source.
  func share(of split: Split) -> Double {
    guard let shares = self.split else { return 0 }
    return switch split {
    case .train: shares.train
    case .valid: shares.valid
    case .test: shares.test
    }
  }

  /// Throws `DataFailure.settings` where the settings contradict one another.
  public func check() throws {
    try checkFiles()
    try checkColumns()
  }

  private func checkFiles() throws {
    let own = Split.allCases.first { !patterns(of: $0).isEmpty }
    guard own != nil || !source.isEmpty else { throw DataFailure.settings(.noFiles) }
    if let own, !source.isEmpty { throw DataFailure.settings(.sourceAndFiles(own)) }
    guard split != nil || source.isEmpty else { throw DataFailure.settings(.sourceWithoutSplit) }
    guard split == nil || !source.isEmpty else { throw DataFailure.settings(.splitWithoutSource) }
    guard let split else { return }
    // Written so that NaN fails.
    guard Split.allCases.map(share).allSatisfy({ $0 >= 0 }), abs(split.sum - 1) <= 1e-9 else {
      throw DataFailure.settings(.shares(split))
    }
  }

  private func checkColumns() throws {
    if let delimiter {
      guard Self.isSeparator(delimiter) else { throw DataFailure.settings(.delimiter(delimiter)) }
    }
    var seen: Set<String> = []
    for field in fields {
      guard field.name != label else { throw DataFailure.settings(.labelIsField(field.name)) }
      guard seen.insert(field.name).inserted else {
        throw DataFailure.settings(.repeatedField(field.name))
      }
    }
    try fields.filter { $0.kind == .sequence }.forEach(checkSequence)
    try checkNumbers()
  }

  private func checkSequence(_ field: Field) throws {
    guard Self.isSeparator(field.splitter) else {
      throw DataFailure.settings(.splitter(field.splitter, field: field.name))
    }
    guard SequenceRule.lengthRange.contains(field.sequence.maxLength) else {
      throw DataFailure.settings(.maxLength(field.sequence.maxLength, field: field.name))
    }
  }

  /// Of two fields, no number may be both's; in libsvm each field says which are its own, but for one alone.
  private func checkNumbers() throws {
    guard format == .libffm || format == .libsvm else { return }
    let fields = FeatureTable.fields(of: self)
    guard !fields.isEmpty else { throw DataFailure.settings(.noNumberedFields) }
    guard fields.count > 1 else { return }
    var last: (name: String, numbers: ClosedRange<Int>)?
    for field in fields {
      guard field.numbers != nil else {
        throw DataFailure.settings(.noFeatures(field.name))
      }
    }
    let bounds = fields.compactMap { field in field.numbers.map { (field.name, $0) } }
    for (name, numbers) in bounds.sorted(by: { $0.1.lowerBound < $1.1.lowerBound }) {
      if let last, last.numbers.upperBound >= numbers.lowerBound {
        throw DataFailure.settings(.sharedNumber(numbers.lowerBound, last.name, name))
      }
      last = (name, numbers)
    }
  }
}

extension DatasetSettings.SplitShares {
  fileprivate var sum: Double { train + valid + test }

  /// The sum to the precision of its check, for sentences.
  var roundedSum: Double { (sum * 1e9).rounded() / 1e9 }
}
