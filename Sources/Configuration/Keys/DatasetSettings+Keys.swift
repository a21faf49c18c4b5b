import ClickData

extension DatasetSettings: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    let paths = Form<[String]>.texts("a path or pattern")
    try keys.key("format", &format, .choice)
    try keys.key("train", &train, paths)
    try keys.key("valid", &valid, paths)
    try keys.key("test", &test, paths)
    try keys.key("source", &source, paths)
    try keys.section("split", &split)
    let context = format == .delimited ? nil : "format: \(format.rawValue)"
    let fieldContext: String? =
      switch format {
      case .criteo, .avazu: context
      case .delimited, .libffm, .libsvm: nil
      }
    try keys.key(
      "label", &label, .optional(.text("the name of a column")), meaninglessWith: context)
    try keys.key("delimiter", &delimiter, .optional(.delimiter), meaninglessWith: context)
    try keys.key("fields", &fields, .fields(of: format), meaninglessWith: fieldContext)
    try keys.key("on_bad_row", &onBadRow, .choice)
    try keys.key("max_bad_rows", &maxBadRows, .integer(0...))
    try keys.key("cache", &cache, .cache)
  }
}

extension DatasetSettings.SplitShares: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("train", &train, .share)
    try keys.key("valid", &valid, .share)
    try keys.key("test", &test, .share)
    try keys.key("seed", &seed, .integer(0...))
  }
}

extension Form where Value == DatasetSettings.Cache {
  /// A word, or a folder, which stands in quotes where it has the name of a word.
  fileprivate static var cache: Form {
    .word(
      expected: "auto, off or a folder",
      read: { text, quoted in
        if text.isEmpty { return nil }
        if quoted { return .folder(text) }
        if text == "auto" { return .auto }
        return YAMLWord.flag(text).map { $0 ? nil : .off } ?? .folder(text)
      },
      write: { cache in
        switch cache {
        case .auto: "auto"
        case .off: "off"
        case .folder("auto"): "\"auto\""
        case .folder(let path): YAMLWord.written(path)
        }
      })
  }
}

extension Form where Value == String {
  /// One character that may stand between columns.
  static var delimiter: Form {
    text("one ASCII character that is no quote, digit or line end") { text in
      guard text.utf8.count == 1, let byte = text.utf8.first else { return false }
      return byte < 0x80 && !"\0\"\r\n0123456789".utf8.contains(byte)
    }
  }
}
