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

  /// Throws where the columns are not exactly these.
  func expect(_ expected: [String]) throws {
    for (index, (found, expected)) in zip(names, expected).enumerated() where found != expected {
      throw failure(
        .name(
          column: index + 1, expected: expected,
          found: Array(found.utf8).withUnsafeBufferPointer(Excerpt.quoted)))
    }
    guard names.count == expected.count else {
      throw failure(.width(expected: expected.count, found: names.count))
    }
  }

  /// The layout in which the label and the fields are found by name.
  func layout(label: String, fields: [String], hour: String?) throws -> FileLayout {
    let places = places()
    let column = { (name: String) throws in
      guard let place = places[name] else { throw failure(.missing(name, header: names)) }
      guard let repeated = place.other else { return place.first }
      guard names[repeated].utf8.elementsEqual(names[place.first].utf8) else {
        throw failure(.normalForms(name, columns: place.first + 1, repeated + 1))
      }
      throw failure(.repeated(name))
    }
    return FileLayout(
      columnCount: names.count, delimiter: delimiter, quotes: quotes,
      labelColumn: try column(label), hourColumn: try hour.map(column),
      fieldColumns: try fields.map { name in
        guard hour != nil, let derived = AvazuHour.fields.firstIndex(of: name) else {
          return try column(name)
        }
        return names.count + derived
      },
      columnNames: names)
  }

  /// The first column of each name, and another one that has the same name.
  ///
  /// Names are equal if they differ only in their Unicode normal form, as they look the same.
  private func places() -> [String: (first: Int, other: Int?)] {
    Dictionary(
      names.enumerated().map { ($1, (first: $0, other: nil)) },
      uniquingKeysWith: { ($0.first, $0.other ?? $1.first) })
  }

  private func failure(_ problem: HeaderProblem) -> DataFailure {
    .header(problem, path: path, line: line)
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
}
