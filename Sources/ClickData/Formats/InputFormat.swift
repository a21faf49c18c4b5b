/// A way to write rows as text: which fields there are, and where they are in the lines of a file.
///
/// A format is one file with a type that conforms to this, a case of `DatasetSettings.Format`, and
/// a line in `DatasetSettings.inputFormat`.
protocol InputFormat {
  /// The fields that the settings declare; none where the format determines them.
  var declared: [DatasetSettings.Field] { get }
  /// Throws `DataFailure.settings` where the format cannot hold the declared fields.
  func check() throws
  /// The label's column and the fields; `header` reads the column names of the first file.
  func schema(header: () throws -> [String]) throws -> (label: String, fields: [FieldDeclaration])
  /// How a file starts from which this label and these fields are read; without a label, rows may
  /// lack one.
  func start(label: String?, fields: [DatasetSettings.Field]) throws -> FileStart
}

/// What the first line of a file is.
enum FileStart {
  /// A row, in the same layout as all others.
  case rows(FileLayout)
  /// A row; the number of columns of the first row decides whether the rows of the file have labels
  /// that are not read.
  case unlabelledRows(with: FileLayout, without: FileLayout)
  /// A header, which determines the layout; `quotes` allows double quotes around columns.
  case header(quotes: Bool, (Header) throws -> FileLayout)
}

/// A field as the data declares it, before the settings choose its encoding.
struct FieldDeclaration: Equatable {
  var name: String
  var kind: DatasetSettings.Field.Kind
  /// Whether its text may be a number.
  var mayBeNumber = true
  var sequence: SequenceRule?
  /// The field whose encoding and table it uses; nil where it has its own.
  var embeddingOf: String?
}

extension FieldDeclaration {
  /// The declaration of a field that the settings list.
  init(_ field: DatasetSettings.Field, categoryMayBeNumber: Bool) {
    name = field.name
    kind = field.kind
    mayBeNumber = kind == .numeric || (kind == .categorical && categoryMayBeNumber)
    sequence = field.kind == .sequence ? field.sequence : nil
    embeddingOf = field.embeddingOf
  }
}

extension [DatasetSettings.Field] {
  /// The lists of those that are sequences, where field i is in column `columns[i]`.
  func lists(in columns: [Int]) -> [FileLayout.List] {
    zip(indices, columns).compactMap { index, column in
      guard self[index].kind == .sequence else { return nil }
      return FileLayout.List(
        field: index, column: column, splitter: self[index].splitter.utf8.first ?? 0x7c,
        capacity: self[index].sequence.maxLength,
        keepsLast: self[index].sequence.truncation == .last)
    }
  }
}

/// How the lines of a data set are read: which fields, in which order, from which columns.
struct TextFormat {
  /// The label's column; nil where labels are not read.
  let label: String?
  /// The column of the rows' weights; nil where every row counts once, or labels are not read.
  let weight: String?
  private(set) var fields: [DatasetSettings.Field]
  /// How labels and missing values are written.
  let values: ValueRules

  private let name: String
  private let rules: any InputFormat
  /// What separates the columns; nil detects a tab or comma from the header.
  private let delimiter: UInt8?
  private let changes: [String]
  private let reading: RowReading

  /// The rules of settings for these fields; one that the settings do not declare is a category.
  init(
    _ settings: DatasetSettings, label: String, fields names: [String],
    reading: RowReading = .training
  ) {
    name = settings.format.rawValue
    rules = settings.inputFormat
    delimiter = settings.delimiterByte
    values = ValueRules(settings)
    changes = Self.changes(settings)
    self.reading = reading
    self.label = reading.readsLabels ? label : nil
    weight = reading.readsLabels ? settings.weight : nil
    let declared = Dictionary(
      rules.declared.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    fields = names.map { declared[$0] ?? DatasetSettings.Field(name: $0, kind: .categorical) }
  }

  /// The same, with the rules of sequences to which an encoder was fitted.
  init(
    _ settings: DatasetSettings, label: String, fields fitted: [(String, SequenceRule?)],
    reading: RowReading = .training
  ) {
    self.init(settings, label: label, fields: fitted.map(\.0), reading: reading)
    for (index, (_, sequence)) in fitted.enumerated() {
      sequence.map { fields[index].sequence = $0 }
    }
  }

  /// All that determines where fields are in the text, for the recipe of a cache.
  ///
  /// Caches are named by its hash: another wording would make all of them unused.
  var description: String {
    let delimiter = delimiter.map { "\($0)" } ?? "as the header says"
    let places = fields.compactMap { field -> String? in
      if field.kind == .timestamp { return "\(field.name) is a time" }
      if let numbers = field.numbers {
        return "\(field.name) \(field.kind) \(numbers.lowerBound) to \(numbers.upperBound)"
      }
      guard field.kind == .sequence else { return nil }
      return "\(field.name) split at \(field.splitter) or a list, the \(field.sequence.truncation)"
    }
    return (["format \(name)", "delimiter \(delimiter)"] + places + changes)
      .joined(separator: ", ")
  }

  /// The settings of values that are not the defaults, which have no words in older recipes.
  private static func changes(_ settings: DatasetSettings) -> [String] {
    (settings.quote == .double ? [] : ["quote \(settings.quote)"])
      + (settings.positive.map { ["positive \($0)"] } ?? [])
      + settings.missing.sorted().map { "missing \($0)" }
      + (settings.weight.map { ["weight \($0)"] } ?? [])
  }

  /// The layout of a file that needs no line to determine it; nil for others.
  func layout(path: String) throws -> FileLayout? {
    guard case .rows(let layout) = try rules.start(label: label, fields: fields) else { return nil }
    return try carrying(layout, path: path)
  }

  /// The layout that the first line of a file determines: a header, or a row.
  func layout(
    first text: UnsafeMutableBufferPointer<UInt8>, path: String, line: Int
  ) throws -> FileLayout {
    switch try rules.start(label: label, fields: fields) {
    case .rows(let layout): return try carrying(layout, path: path)
    case .unlabelledRows(let labelled, let unlabelled):
      let count = text.count { $0 == labelled.delimiter } + 1
      var layout = count == unlabelled.columnCount ? unlabelled : labelled
      if count != layout.columnCount { layout.unlabelledColumnCount = unlabelled.columnCount }
      return try carrying(layout, path: path)
    case .header(let quotes, let layout):
      let header = try Header(text, delimiter: delimiter, quotes: quotes, path: path, line: line)
      return try carrying(layout(header), path: path)
    }
  }

  /// The layout after a header that repeats, with these names, in a file of another layout.
  func layout(
    repeating names: [String], after layout: FileLayout, path: String, line: Int
  ) throws -> FileLayout {
    guard case .header(_, let layoutOf) = try rules.start(label: label, fields: fields) else {
      return layout
    }
    let header = Header(names: names, like: layout, path: path, line: line)
    return try carrying(layoutOf(header), path: path)
  }

  private func carrying(_ layout: FileLayout, path: String) throws -> FileLayout {
    try layout.carrying(reading, fields: fields, path: path)
  }

  /// The failure of a first line that is a header, where the format has none; nil for other lines.
  func unexpectedHeader(
    _ text: UnsafeMutableBufferPointer<UInt8>, path: String, line: Int
  ) -> DataFailure? {
    Header.names(in: text).map {
      .unexpectedHeader(path: path, line: line, format: name, names: $0)
    }
  }
}
