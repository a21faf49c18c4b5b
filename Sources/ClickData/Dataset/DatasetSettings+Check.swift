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
  }
}
