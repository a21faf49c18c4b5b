import Glibc

/// The first line of a file, which names its columns.
struct Header {
  let names: [String]
  let delimiter: UInt8
  private let quotes: Bool
  private let path: String
  private let line: Int
  /// Beyond this a line is no header, and its names would fill memory.
  private static let mostColumns = 1 << 20

  /// Cuts a header; an unknown delimiter is a tab where there is one, else a comma.
  init(
    _ text: UnsafeMutableBufferPointer<UInt8>, delimiter: UInt8?, quotes: Bool, path: String,
    line: Int
  ) throws {
    let delimiter = delimiter ?? (text.contains(0x09) ? 0x09 : 0x2c)
    self.delimiter = delimiter
    self.quotes = quotes
    self.path = path
    self.line = line
    let most = text.count { $0 == delimiter } + 1
    guard most <= Self.mostColumns else {
      throw DataFailure.headerColumns(
        path: path, line: line, most: Self.mostColumns, found: most)
    }
    let columns = ColumnTable(capacity: most)
    var count = 0
    if quotes {
      let result = columns.splitQuoted(text, at: delimiter, limit: columns.capacity)
      guard result.fault == nil else { throw DataFailure.headerQuotes(path: path, line: line) }
      count = result.columns
    } else {
      count = columns.split(text, at: delimiter, limit: columns.capacity)
    }
    names = (0..<count).map { column in
      String(
        decoding: UnsafeBufferPointer(
          start: columns.starts[column], count: Int(columns.counts[column])), as: UTF8.self)
    }
  }

  /// Throws where the columns are not exactly these.
  func expect(_ expected: [String]) throws {
    for (index, (found, expected)) in zip(names, expected).enumerated() where found != expected {
      let bytes = Array(found.utf8)
      throw DataFailure.headerName(
        path: path, line: line, column: index + 1, expected: expected,
        found: bytes.withUnsafeBufferPointer { bytes in
          bytes.baseAddress.map { Excerpt.quoted($0, count: bytes.count) } ?? "\"\""
        })
    }
    guard names.count == expected.count else {
      throw DataFailure.headerWidth(
        path: path, line: line, expected: expected.count, found: names.count)
    }
  }

  /// The layout in which a label and fields are found by name.
  func layout(label: String, fields: [String], hour: String?) throws -> FileLayout {
    FileLayout(
      columnCount: names.count, delimiter: delimiter, quotes: quotes,
      labelColumn: try column(label), hourColumn: try hour.map(column),
      fieldColumns: try fields.map { name in
        guard hour != nil, let derived = HourText.fields.firstIndex(of: name) else {
          return try column(name)
        }
        return names.count + derived
      },
      columnNames: names)
  }

  private func column(_ name: String) throws -> Int {
    guard let found = names.firstIndex(of: name) else {
      throw DataFailure.missingColumn(path: path, line: line, name: name, header: names)
    }
    guard names.lastIndex(of: name) == found else {
      throw DataFailure.repeatedColumn(path: path, line: line, name: name)
    }
    return found
  }
}
