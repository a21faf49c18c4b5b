extension DatasetSettings {
  /// The delimiter as a byte; nil where it is told from the header.
  var delimiterByte: UInt8? { delimiter?.utf8.first }

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
  func check() throws {
    try checkFiles()
    try checkColumns()
  }

  private func checkFiles() throws {
    let own = Split.allCases.contains { !patterns(of: $0).isEmpty }
    guard own || !source.isEmpty else { throw DataFailure.settings(.noFiles) }
    guard !own || source.isEmpty else { throw DataFailure.settings(.sourceAndFiles) }
    guard split != nil || source.isEmpty else { throw DataFailure.settings(.sourceWithoutSplit) }
    guard split == nil || !source.isEmpty else { throw DataFailure.settings(.splitWithoutSource) }
    guard split != nil else { return }
    let shares = Split.allCases.map(share)
    let sum = shares.reduce(0, +)
    // Written so that NaN fails.
    guard shares.allSatisfy({ $0 >= 0 }), abs(sum - 1) <= 1e-9 else {
      throw DataFailure.settings(.shares(sum: sum))
    }
  }

  private func checkColumns() throws {
    if let delimiter {
      guard delimiter.utf8.count == 1, !"\"\r\n".utf8.contains(delimiterByte ?? 0) else {
        throw DataFailure.settings(.delimiter(delimiter))
      }
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
    guard field.splitter.utf8.count == 1, !"\"\r\n".utf8.contains(field.splitter.utf8.first ?? 0)
    else {
      throw DataFailure.settings(.splitter(field.splitter, field: field.name))
    }
    guard 1...SequenceRule.mostLength ~= field.sequence.maxLength else {
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
