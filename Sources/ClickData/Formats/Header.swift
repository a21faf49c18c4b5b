import Glibc
import Platform

/// The first line of a file, which names its columns.
struct Header {
  let names: [String]
  let delimiter: UInt8
  private let quotes: Bool
  private let path: String
  private let line: Int
  /// A longer line is not a header, and its names would fill memory.
  private static let maxColumns = 1 << 16

  /// Splits a header; without a given delimiter, at tabs if there is one, else at commas.
  init(
    _ text: UnsafeMutableBufferPointer<UInt8>, delimiter: UInt8?, quotes: Bool, path: String,
    line: Int
  ) throws {
    let delimiter = delimiter ?? (text.contains(0x09) ? 0x09 : 0x2c)
    self.delimiter = delimiter
    self.quotes = quotes
    self.path = path
    self.line = line
    let maxCount = text.count { $0 == delimiter } + 1
    guard maxCount <= Self.maxColumns else {
      let problem = HeaderProblem.columns(limit: Self.maxColumns, found: maxCount)
      throw DataFailure.header(problem, path: path, line: line)
    }
    let columns = ColumnTable(capacity: maxCount)
    let (count, fault) =
      quotes
      ? columns.splitQuoted(text, at: delimiter, limit: maxCount)
      : (columns.split(text, at: delimiter, limit: maxCount), nil)
    guard fault == nil else { throw DataFailure.header(.quotes, path: path, line: line) }
    names = (0..<count).map { column in
      String(
        decoding: UnsafeBufferPointer(
          start: columns.starts[column], count: Int(columns.counts[column])), as: UTF8.self)
    }
  }

  /// A header that repeats in the middle of a file, whose columns may be in another order.
  init(names: [String], like layout: FileLayout, path: String, line: Int) {
    self.names = names
    delimiter = layout.delimiter
    quotes = layout.quotes
    self.path = path
    self.line = line
  }

  /// The columns, in which the label, the weight and the fields are found by name.
  ///
  /// Without a label, the rows may have one or not, and a weight or not.
  func columns(label: String?, weight: String?) throws -> HeaderColumns {
    let places = places()
    let requested = label == nil ? nil : weight
    let label = try label.map { try column($0, places) }
    if let requested, places[requested] == nil {
      throw failure(.noWeight(requested, header: names))
    }
    let weight = try requested.map { try column($0, places) }
    return HeaderColumns(
      self, places,
      FileLayout(
        columnCount: names.count, delimiter: delimiter, quotes: quotes, labelColumn: label,
        weightColumn: weight, hasHeader: true, fieldColumns: [], columnNames: names),
      pathValues: InputPaths.partitions(of: path))
  }

  fileprivate func column(_ name: String, _ places: Places) throws -> Int {
    guard let place = places[name] else { throw failure(.missing(name, header: names)) }
    guard let repeated = place.other else { return place.first }
    guard names[repeated].utf8.elementsEqual(names[place.first].utf8) else {
      throw failure(.normalForms(name, columns: place.first + 1, repeated + 1))
    }
    throw failure(.repeated(name))
  }

  /// The first column of each name, and another one that has the same name.
  ///
  /// Names are equal if they differ only in their Unicode normal form, as they look the same.
  fileprivate typealias Places = [String: (first: Int, other: Int?)]

  private func places() -> Places {
    Dictionary(
      names.enumerated().map { ($1, (first: $0, other: nil)) },
      uniquingKeysWith: { ($0.first, $0.other ?? $1.first) })
  }

  private func failure(_ problem: HeaderProblem) -> DataFailure {
    .header(problem, path: path, line: line)
  }
}

/// Finds the columns of fields: named by a header, derived from others, or in the file's path.
struct HeaderColumns {
  private let header: Header
  private let places: Header.Places
  private var layout: FileLayout
  private var derived: [(part: String, column: String, form: TimeColumns.Form)] = []
  private let pathValues: [(key: String, value: String)]

  fileprivate init(
    _ header: Header, _ places: Header.Places, _ layout: FileLayout,
    pathValues: [(key: String, value: String)]
  ) {
    self.header = header
    self.places = places
    self.layout = layout
    self.pathValues = pathValues
  }

  /// Declares the fields that a column with points in time becomes, if they are read.
  mutating func derive(_ parts: [String], from column: String, _ form: TimeColumns.Form) {
    derived += parts.map { ($0, column, form) }
  }

  /// The layout of a file in which these fields are read.
  func layout(of fields: [DatasetSettings.Field]) throws -> FileLayout {
    var layout = layout
    var columns: [String: Int] = [:]
    // Before the path's values, because these follow the last derived column.
    for index in derived.indices where index % 3 == 0 {
      let parts = derived[index..<index + 3].map(\.part)
      guard fields.contains(where: { parts.contains($0.name) }) else { continue }
      for part in 0..<3 {
        columns[derived[index + part].part] = layout.columnCount + 3 * layout.times.count + part
      }
      layout.times.append(
        .init(column: try header.column(derived[index].column, places), form: derived[index].form))
    }
    for field in fields {
      let column = try columns[field.name] ?? self.column(field.name, in: &layout)
      layout.fieldColumns.append(column)
    }
    return layout
  }

  /// A column of the header, or else of the path.
  private func column(_ name: String, in layout: inout FileLayout) throws -> Int {
    guard places[name] == nil, let found = pathValues.last(where: { $0.key == name }) else {
      return try header.column(name, places)
    }
    layout.pathValues.append(found.value)
    return layout.columnCount + 3 * layout.times.count + layout.pathValues.count - 1
  }
}

extension Header {
  /// The names in the header of a file, before any pass over it; messages name its `path`.
  static func names(
    of path: String, at location: String, _ settings: DatasetSettings
  ) throws -> [String] {
    let path = InputPaths.displayName(path)
    let chunks = ChunkReader(paths: [location])
    let thread = try chunks.start()
    defer {
      chunks.cancel()
      thread.join()
    }
    var line = 0
    while let chunk = chunks.next() {
      var lines = try LineCursor(chunk, of: path)
      while let text = lines.line() {
        line += 1
        guard !text.isEmpty else { continue }
        return try Header(
          text, delimiter: settings.delimiterByte, quotes: settings.quote == .double, path: path,
          line: line
        ).names
      }
      if let failure = chunk.failure { throw failure.failure(path: path, lastRow: line) }
    }
    throw DataFailure.emptyFile(path: path)
  }

  /// The names in a line that can only be a header: words that begin with letters.
  static func names(in text: UnsafeMutableBufferPointer<UInt8>) -> [String]? {
    for delimiter in "\t,;|".utf8 {
      let names = text.split(separator: delimiter, omittingEmptySubsequences: false).map { name in
        String(decoding: name, as: UTF8.self).trimmingQuotes
      }
      let areWords = names.allSatisfy { $0.first.map { $0.isLetter || $0 == "_" } ?? false }
      if names.count > 1, areWords, Set(names).count == names.count { return names }
    }
    return nil
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    count > 1 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
  }
}
