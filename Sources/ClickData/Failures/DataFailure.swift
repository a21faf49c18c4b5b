import Platform

/// Why rows could not be read or encoded; `description` is the one sentence its user sees.
///
/// Files that are missing, refused or directories are `FileFailure`s.
public enum DataFailure: Equatable, Sendable {
  /// A glob that no file matches.
  case noMatch(pattern: String)
  /// A file without a single line of text.
  case emptyFile(path: String)
  /// A gzip member that stops before its end; `offset` counts compressed bytes.
  case truncatedGzip(path: String, offset: Int, lastRow: Int)
  /// A gzip member that does not inflate, or whose checksum differs.
  case corruptGzip(path: String, offset: Int, lastRow: Int, reason: String)
  /// Bytes after the last gzip member that are neither a member nor zero padding.
  case bytesAfterGzip(path: String, offset: Int, lastRow: Int)
  /// A file whose size or time of writing is not what it was when it was opened.
  case changedFile(path: String, lastRow: Int)
  /// A file that was written to between two passes over it; its size before and after.
  case changed(path: String, from: Int, to: Int)
  /// A file of encoded rows whose bytes are not those that were checked; `lastRow` counts from 1.
  case changedRows(path: String, lastRow: Int)
  /// A folder without a file of data in it.
  case emptyFolder(path: String)
  /// One file under two names, of splits that may not share rows.
  case sharedFile(path: String, key: String, other: String, otherKey: String)
  /// A file that begins with the byte order mark of UTF-16.
  case sixteenBitText(path: String)
  /// A line of more than `TextChunk.longestLine` bytes.
  case lineTooLong(path: String, line: Int)
  /// A row that does not follow the format; `column` counts from 1 and is nil for the whole row.
  case badRow(path: String, line: Int, column: Column?, expected: String, found: String)
  /// More bad rows than `dataset.max_bad_rows` allows; `last` says which one was too many.
  case tooManyBadRows(limit: Int, last: String)
  /// A header that differs from what its format prescribes at one column.
  case headerName(path: String, line: Int, column: Int, expected: String, found: String)
  /// A header of more columns than any table of rows has.
  case headerColumns(path: String, line: Int, most: Int, found: Int)
  /// A header with another number of columns than its format prescribes.
  case headerWidth(path: String, line: Int, expected: Int, found: Int)
  /// A header without a column that is needed.
  case missingColumn(path: String, line: Int, name: String, header: [String])
  /// A header that names a needed column twice.
  case repeatedColumn(path: String, line: Int, name: String)
  /// A header whose double quotes do not match.
  case headerQuotes(path: String, line: Int)
  /// Files in which no row belongs to a split, or none was good.
  case noRows(of: String)
  /// A second pass over standard input or a pipe.
  case standardInputTwice
  /// A saved encoder that cannot be read back.
  case damagedEncoder(path: String, reason: String)
  /// Settings that contradict the data's layout or one another.
  case settings(SettingsProblem)

  /// A column of a row: its number from 1, and its name.
  public struct Column: Equatable, Sendable {
    /// Counted from 1.
    public let number: Int
    /// The name in the header, or in the format's definition.
    public let name: String
  }
}

extension DataFailure: Failure {
  /// Patterns without files miss their input, settings contradict one another, the rest is bad data.
  public var status: FailureStatus {
    switch self {
    case .noMatch, .emptyFolder: .missingInput
    case .settings, .standardInputTwice, .sharedFile: .badConfiguration
    default: .badData
    }
  }

  private static let repair = "repair the row or set dataset.on_bad_row: skip"
  private static let refetch = "fetch the file or compress it again"

  /// The failure in one line: where, what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .noMatch(let pattern): "\(pattern): no file matches; check the pattern"
    case .emptyFile(let path): "\(path): expected rows, found an empty file; check the path"
    case .truncatedGzip(let path, let offset, let lastRow):
      "\(path): gzip data ends early at byte \(offset), the last good row is line \(lastRow); "
        + Self.refetch
    case .corruptGzip(let path, let offset, let lastRow, let reason):
      "\(path): corrupt gzip data at byte \(offset) (\(reason)), "
        + "the last good row is line \(lastRow); \(Self.refetch)"
    case .bytesAfterGzip(let path, let offset, let lastRow):
      "\(path): expected a gzip member or the end at byte \(offset), found other bytes, "
        + "the last good row is line \(lastRow); \(Self.refetch)"
    case .changedFile(let path, let lastRow):
      "\(path): changed while it was read, the last row read is line \(lastRow); "
        + "wait until it is written, or read a copy"
    case .changed(let path, let from, let to):
      "\(path): expected a file that stays as it is, found it written to between two passes "
        + "(\(from) bytes before, \(to) after); start again from a copy that nobody writes"
    case .changedRows(let path, let lastRow):
      "\(path): changed while it was read, the last row read is row \(lastRow); "
        + "start again: damaged rows are not used, and the data is read instead"
    case .emptyFolder(let path):
      "\(path): expected files of data in this folder, found none; check the path"
    case .sharedFile(let path, let key, let other, let otherKey):
      "\(key): \(path) is the same file as \(other) of \(otherKey), "
        + "and no row may stand in both; remove one"
    case .sixteenBitText(let path):
      "\(path): expected ASCII or UTF-8, found the byte order mark of UTF-16; "
        + "convert it, as iconv -f UTF-16 -t UTF-8 does"
    case .lineTooLong(let path, let line):
      "\(path):\(line): expected a line of at most 16 MiB, found a longer one; "
        + "check that this is a text file with line ends"
    case .badRow: "\(finding); \(Self.repair)"
    case .tooManyBadRows(let limit, let last):
      "\(last); it is one bad row more than dataset.max_bad_rows (\(limit)); "
        + "repair the data or raise the limit"
    case .noRows(let what):
      "\(what): expected rows, found none; check the files and the split's share"
    case .standardInputTwice:
      "standard input and pipes can be read only once, and this would be a second pass; "
        + "write it to a file, or train one epoch without a scan (buckets: NUMBER)"
    case .damagedEncoder(let path, let reason):
      "\(path): \(reason); restore the file or train the run again"
    case .headerName, .headerColumns, .headerWidth, .missingColumn, .repeatedColumn, .headerQuotes:
      headerDescription
    case .settings(let problem): problem.description
    }
  }

  /// Whether it is of a row's own text.
  var isOfARow: Bool {
    switch self {
    case .badRow, .tooManyBadRows: true
    default: false
    }
  }

  /// A bad row's place and what is wrong with it, without what to do.
  var finding: String {
    guard case .badRow(let path, let line, let column, let expected, let found) = self else {
      return description
    }
    return "\(path):\(line)\(Self.place(column)): expected \(expected), found \(found)"
  }

  private var headerDescription: String {
    switch self {
    case .headerName(let path, let line, let column, let expected, let found):
      "\(path):\(line), column \(column): expected the header name \"\(expected)\", "
        + "found \(found); check dataset.format"
    case .headerColumns(let path, let line, let most, let found):
      "\(path):\(line): expected a header of at most \(most) columns, found \(found); "
        + "check dataset.delimiter, and that this is a table with a header"
    case .headerWidth(let path, let line, let expected, let found):
      "\(path):\(line): expected a header of \(expected) columns, found \(found); "
        + "check dataset.format"
    case .missingColumn(let path, let line, let name, let header):
      "\(path):\(line): expected a column \"\(name)\" in the header, found \(Self.list(header)); "
        + "check dataset.label, dataset.fields and dataset.delimiter"
    case .repeatedColumn(let path, let line, let name):
      "\(path):\(line): expected one column \"\(name)\" in the header, found two; rename one"
    default:
      "\(place): expected a header with matching double quotes, found one left open; "
        + "repair the header"
    }
  }

  private var place: String {
    guard case .headerQuotes(let path, let line) = self else { return "" }
    return "\(path):\(line)"
  }

  private static func place(_ column: Column?) -> String {
    guard let column else { return "" }
    return ", column \(column.number) (\(column.name))"
  }

  /// Names for a sentence, the first forty of them.
  static func list(_ names: [String]) -> String {
    names.prefix(40).map(Excerpt.of).joined(separator: ", ") + (names.count > 40 ? ", …" : "")
  }
}
