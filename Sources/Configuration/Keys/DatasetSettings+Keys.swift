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
    let unnamed = Set([.delimited, .avazu]).contains(format) ? nil : context
    try keys.key(
      "weight", &weight, .optional(.text("the name of a column")), meaninglessWith: unnamed)
    try keys.key("negative_rate", &negativeRate, .keptShare)
    try keys.key(
      "sampled_splits", &sampledSplits, .optional(.splits),
      meaninglessWith: negativeRate == 1 ? "negative_rate: 1" : source.isEmpty ? nil : "source")
    try keys.key("delimiter", &delimiter, .optional(.separator), meaninglessWith: context)
    try keys.key("quote", &quote, .choice, meaninglessWith: context)
    try keys.key("positive", &positive, .optional(.text("the label of a click")))
    try keys.key("missing", &missing, .tokens)
    try keys.key("fields", &fields, .fields(of: format), meaninglessWith: fieldContext)
    try keys.key("on_bad_row", &onBadRow, .choice)
    try keys.key("max_bad_rows", &maxBadRows, .badRows)
    try keys.key("cache", &cache, .cache)
  }
}

extension DatasetSettings.SplitShares: KeyedSection {
  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("by", &by, .optional(.text("the name of a column")))
    try keys.key("train", &train, .share)
    try keys.key("valid", &valid, .share)
    try keys.key("test", &test, .share)
    try keys.key("seed", &seed, .integer(0...), meaninglessWith: by.map { "by: \($0)" })
  }
}

extension Form where Value == Double {
  /// A share that leaves something.
  fileprivate static var keptShare: Form {
    number("a number above 0 and at most 1") { $0 > 0 && $0 <= 1 }
  }
}

extension Form where Value == [Split] {
  /// One split, or a list of splits.
  fileprivate static var splits: Form {
    let one = Form<Split>.choice
    return Form(
      read: { node in
        guard case .list(let items) = node.content else { return [try one.read(node)] }
        return try items.map(one.read)
      },
      write: { .items($0.map(\.rawValue)) }, expected: "\(one.expected), or a list of such")
  }
}

extension Form where Value == BadRowLimit {
  /// A whole number of rows, or a share of them: with a point, or in per cent.
  fileprivate static var badRows: Form {
    .word(
      expected: "a number of rows, such as 1000, or a share of them, such as 0.01 or 1%",
      read: { text, quoted in
        if !text.contains("."), let count = YAMLWord.integer(text) {
          return quoted || count < 0 ? nil : .rows(count)
        }
        let isPercent = text.hasSuffix("%")
        let digits = isPercent ? text.dropLast().filter { $0 != " " } : text
        guard isPercent || !quoted, let number = YAMLWord.number(digits) else { return nil }
        let share = isPercent ? number / 100 : number
        return (0...1).contains(share) ? .share(share) : nil
      },
      write: { limit in
        switch limit {
        case .rows(let count): "\(count)"
        case .share(let share): YAMLWord.written(share)
        }
      })
  }
}

extension Form where Value == DatasetSettings.Cache {
  /// A word, or a folder, in quotes if it has the name of a word.
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
  /// One character that separates columns or values.
  fileprivate static var separator: Form {
    text(SettingsProblem.separatorRule, where: DatasetSettings.isSeparator)
  }
}

extension Form where Value == [String] {
  /// Texts, of which an unquoted `NULL` is one: a list never contains a value that is not written.
  fileprivate static var tokens: Form {
    let expected = "a text, or a list of texts"
    return Form(
      read: { node in
        guard !node.isNull else {
          throw node.mismatch(expected: expected, hint: "; write [\"NULL\"], or [] for none")
        }
        let items = if case .list(let items) = node.content { items } else { [node] }
        return try items.map { item in
          guard case .scalar(let text, _) = item.content, !text.isEmpty else {
            throw item.mismatch(expected: expected)
          }
          return text
        }
      },
      write: { .items($0.map { YAMLWord.written($0) }) }, expected: expected)
  }
}

extension Form where Value == [DatasetSettings.Field] {
  /// Fields: a name alone is categorical, `name: numeric` and `{name: …, type: …}` specify the
  /// kind.
  static func fields(of format: DatasetSettings.Format) -> Form {
    let expected = "a list of columns"
    return Form(
      read: { node in
        if node.isNull { return [] }
        guard case .list(let items) = node.content else { throw node.mismatch(expected: expected) }
        return try items.map { try field($0, format) }
      },
      write: { .items($0.map { LongField($0, format).written }) }, expected: expected)
  }

  private static func field(
    _ node: ConfigurationNode, _ format: DatasetSettings.Format
  ) throws -> DatasetSettings.Field {
    var long = LongField()
    long.format = format
    let name = Form<String>.text("the name of a column")
    switch node.content {
    case .mapping(let members) where members.isEmpty:
      throw node.mismatch(expected: "the name of a column")
    case .mapping(let members) where members.count == 1:
      long.name = members[0].name
      long.kind = try Form<DatasetSettings.Field.Kind>.choice.read(members[0].value)
    case .mapping:
      try KeyReader.read(node, into: &long)
      guard (long.first == nil) == (long.last == nil) else {
        throw node.mismatch(expected: "first and last together")
      }
    case .scalar, .list: long.name = try name.read(node)
    }
    return long.field
  }
}

extension DatasetSettings {
  /// Declares the keys of an item of `fields`.
  static func visitField(_ keys: inout some KeyVisitor) throws {
    var field = LongField()
    try field.visit(&keys)
  }
}

/// A field written as `{name: age, type: numeric}`, with the keys that its type and the format add.
private struct LongField: KeyedSection {
  var format = DatasetSettings.Format.delimited
  var name = ""
  var kind = DatasetSettings.Field.Kind.categorical
  private var splitter = "|"
  private var maxLength = SequenceRule().maxLength
  private var pooling: SequenceRule.Pooling?
  private var embeddingOf: String?
  private var truncation = SequenceRule().truncation
  private var number: UInt64?
  var first: UInt64?
  var last: UInt64?

  init() {}

  init(_ field: DatasetSettings.Field, _ format: DatasetSettings.Format) {
    self.format = format
    name = field.name
    kind = field.kind
    splitter = field.splitter
    maxLength = field.sequence.maxLength
    pooling = field.sequence.pooling
    embeddingOf = field.embeddingOf
    truncation = field.sequence.truncation
    number = field.numbers?.lowerBound
    first = field.numbers?.lowerBound
    last = field.numbers?.upperBound
  }

  mutating func visit(_ keys: inout some KeyVisitor) throws {
    try keys.key("name", &name, .text("the name of a column"))
    try keys.key("type", &kind, .choice)
    let unlessSequence = kind == .sequence ? nil : "type: \(kind.rawValue)"
    try keys.key(
      "splitter", &splitter, .separator, meaninglessWith: unlessSequence ?? unless(.delimited))
    try keys.key(
      "max_len", &maxLength, .integer(SequenceRule.lengthRange), meaninglessWith: unlessSequence)
    try keys.key("pooling", &pooling, .optional(.choice), meaninglessWith: unlessSequence)
    try keys.key(
      "truncate", &truncation, .choice, meaninglessWith: unlessSequence ?? unless(.delimited))
    try keys.key(
      "embedding_of", &embeddingOf, .optional(.text("the name of another field")),
      meaninglessWith: kind == .numeric ? "type: numeric" : nil)
    try keys.key("number", &number, .optional(.number), meaninglessWith: unless(.libffm))
    try keys.key("first", &first, .optional(.number), meaninglessWith: unless(.libsvm))
    try keys.key("last", &last, .optional(.number(from: first)), meaninglessWith: unless(.libsvm))
  }

  private func unless(_ required: DatasetSettings.Format) -> String? {
    format == required ? nil : "format: \(format.rawValue)"
  }

  /// The field; by default values of a column are averaged, as in FuxiCTR, and weighted features
  /// are summed.
  var field: DatasetSettings.Field {
    let numbers: ClosedRange<UInt64>? =
      switch format {
      case .libffm: number.map { $0...$0 }
      case .libsvm: first.flatMap { first in last.map { first...max(first, $0) } }
      case .criteo, .avazu, .delimited: nil
      }
    let rule = SequenceRule(
      maxLength: maxLength, pooling: pooling ?? (format == .delimited ? .mean : .sum),
      truncation: truncation)
    return DatasetSettings.Field(
      name: name, kind: kind, sequence: rule, splitter: splitter, numbers: numbers,
      embeddingOf: embeddingOf)
  }

  /// The field on one line.
  var written: String {
    let name = YAMLWord.written(name)
    var parts = ["name: \(name)", "type: \(kind.rawValue)"]
    if kind == .sequence {
      if format == .delimited { parts.append("splitter: \(YAMLWord.written(splitter))") }
      parts.append("max_len: \(maxLength)")
      pooling.map { parts.append("pooling: \($0.rawValue)") }
      if format == .delimited { parts.append("truncate: \(truncation.rawValue)") }
    }
    embeddingOf.map { parts.append("embedding_of: \(YAMLWord.written($0))") }
    if format == .libffm, let number { parts.append("number: \(number)") }
    if format == .libsvm, let first, let last { parts.append("first: \(first), last: \(last)") }
    return parts.count == 2 ? "\(name): \(kind.rawValue)" : "{\(parts.joined(separator: ", "))}"
  }
}

extension Form where Value == UInt64 {
  /// The number of a field or feature.
  fileprivate static var number: Form { number(from: nil) }

  /// The same, not below another.
  fileprivate static func number(from first: UInt64?) -> Form {
    let bounds = (first ?? 0)...DatasetSettings.Field.maxNumber
    return .word(
      expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
      read: { text, quoted in
        guard !quoted else { return nil }
        let number = UInt64(text) ?? YAMLWord.integer(text).flatMap(UInt64.init(exactly:))
        return number.flatMap { bounds.contains($0) ? $0 : nil }
      },
      write: { "\($0)" })
  }
}
