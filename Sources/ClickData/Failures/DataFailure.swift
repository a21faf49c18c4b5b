import Platform

/// Why rows could not be read or encoded; `description` is the one sentence that the user sees.
///
/// Files that are missing, refused or directories are `FileFailure`s.
public enum DataFailure: Equatable, Sendable {
  /// A glob that no file matches; `folder` is where a relative one starts.
  case noMatch(pattern: String, folder: String?)
  /// A path at which there is no file; `folder` is where a relative one starts.
  case noFile(path: String, folder: String?)
  /// A header in a format that has none.
  case unexpectedHeader(path: String, line: Int, format: String, names: [String])
  /// A file without a single line of text.
  case emptyFile(path: String)
  /// Compressed data that stop before their end; `offset` counts compressed bytes.
  case truncated(Compression, path: String, offset: Int, lastRow: Int)
  /// Compressed data that cannot be decompressed, or whose checksum differs.
  case corrupt(Compression, path: String, offset: Int, lastRow: Int, reason: String)
  /// Compressed data that refer back farther than 128 MiB.
  case windowTooLarge(Compression, path: String, offset: Int, lastRow: Int)
  /// Bytes after the last compressed member that are neither a member nor zero padding.
  case bytesAfterMember(Compression, path: String, offset: Int, lastRow: Int)
  /// Text that was expected, and data of a format that is recognised but not read.
  case foreign(ForeignFormat, path: String)
  /// Compressed data inside compressed data.
  case compressedTwice(Compression, path: String)
  /// A file whose size or time of writing is not what it was when it was opened.
  case changedFile(path: String, lastRow: Int)
  /// A file that was written to between two passes over it, with its size before and after.
  case changed(path: String, from: Int, to: Int)
  /// Encoded rows that have changed since they were verified; `lastRow` counts from 1.
  case changedRows(path: String, lastRow: Int)
  /// A folder without data files.
  case emptyFolder(path: String)
  /// One file in two splits, which may not share rows.
  case sharedFile(path: String, key: String, other: String, otherKey: String)
  /// A file that starts with the byte order mark of UTF-16.
  case sixteenBitText(path: String)
  /// A line of more than 16 MiB.
  case lineTooLong(path: String, line: Int)
  /// A row that does not follow the format; `column` counts from 1 and is nil for the whole row.
  case badRow(path: String, line: Int, column: Column?, expected: String, found: String)
  /// More bad rows among the first `rows` than `dataset.max_bad_rows` allows; `last` is the last.
  case tooManyBadRows(BadRows, rows: Int, limit: BadRowLimit, last: String)
  /// More bad rows in a whole split than `dataset.max_bad_rows` allows.
  case badRowShare(BadRows, rows: Int, limit: BadRowLimit, of: String)
  /// Only bad rows.
  case allRowsBad(BadRows, of: String)
  /// A header without the columns that its format or the settings prescribe.
  case header(HeaderProblem, path: String, line: Int)
  /// A column that is carried beside the fields, and that a file does not have.
  case noColumn(String, columns: [String], path: String)
  /// Files in which no row belongs to a split, or every row is bad.
  case noRows(of: String)
  /// A second pass over standard input or a pipe.
  case standardInputTwice
  /// A saved encoder that cannot be read back.
  case damagedEncoder(path: String, reason: String)
  /// A run resumes on other data than it began with.
  case otherData(path: String, finding: String)
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
  /// The exit status: missing input, contradictory settings, or bad data.
  public var status: FailureStatus {
    switch self {
    case .noMatch, .noFile, .emptyFolder: .missingInput
    case .settings, .standardInputTwice, .sharedFile: .badConfiguration
    default: .badData
    }
  }

  private static func start(_ folder: String?) -> String {
    folder.map { " (a relative path starts at the working directory, \($0))" } ?? ""
  }

  private static let repair = "repair the row or set dataset.on_bad_row: skip"
  private static let raise = "repair the data or raise the limit"
  private static let refetch = "fetch the file or compress it again"

  /// The failure in one line: where, what was expected, what was found, what to do.
  public var description: String {
    switch self {
    case .noMatch(let pattern, let folder):
      "\(pattern): no file matches\(Self.start(folder)); check the pattern"
    case .noFile(let path, let folder):
      "\(path): no such file\(Self.start(folder)); check the path"
    case .unexpectedHeader(let path, let line, let format, let names):
      "\(path):\(line): expected a row, because format \(format) has no header, found the header "
        + "\(Excerpt.list(names)); set dataset.format: delimited"
    case .emptyFile(StandardStream.input.name):
      "standard input: expected rows, found none; pipe the rows into the command, "
        + "those of the interrupted run if it is train --resume"
    case .emptyFile(let path): "\(path): expected rows, found an empty file; check the path"
    case .truncated(let compression, let path, let offset, let lastRow):
      "\(path): \(compression) data ends early at byte \(offset), "
        + "the last good row is line \(lastRow); \(Self.refetch)"
    case .corrupt(let compression, let path, let offset, let lastRow, let reason):
      "\(path): corrupt \(compression) data at byte \(offset) (\(reason)), "
        + "the last good row is line \(lastRow); \(Self.refetch)"
    case .windowTooLarge(let compression, let path, let offset, let lastRow):
      "\(path): expected \(compression) data with a window of at most 128 MiB at byte \(offset), "
        + "found a larger one, the last good row is line \(lastRow); compress the file again, "
        + "\(compression.smallerWindow)"
    case .bytesAfterMember(let compression, let path, let offset, let lastRow):
      "\(path): expected \(compression.member) or the end at byte \(offset), "
        + "found other bytes, the last good row is line \(lastRow); \(Self.refetch)"
    case .foreign(let format, let path):
      "\(path): expected text, found \(format.rawValue); read it through a pipe: "
        + "\(format.command(path)) | sfg train --config FILE --set dataset.train=-"
    case .compressedTwice(let compression, let path):
      "\(path): expected text when decompressed, found \(compression) data; decompress it once"
    case .changedFile(let path, let lastRow):
      "\(path): changed while it was read, the last row read is line \(lastRow); "
        + "wait until it is written, or read a copy"
    case .changed(let path, let from, let to):
      "\(path): expected an unchanged file, found it written to between two passes "
        + "(\(from) bytes before, \(to) after); start again from a copy that no program writes to"
    case .changedRows(let path, let lastRow):
      "\(path): changed while it was read, the last row read is row \(lastRow); "
        + "start again: damaged rows are not used, and the data is read instead"
    case .emptyFolder(let path):
      "\(path): expected files of data in this folder, found none; check the path"
    case .sharedFile(let path, let key, let other, let otherKey):
      "\(key): \(path) is the same file as \(other) of \(otherKey), "
        + "and no row may be in both; remove one"
    case .sixteenBitText(let path):
      "\(path): expected ASCII or UTF-8, found the byte order mark of UTF-16; "
        + "convert it, as iconv -f UTF-16 -t UTF-8 does"
    case .lineTooLong(let path, let line):
      "\(path):\(line): expected a line of at most 16 MiB, found a longer one; "
        + "check that this is a text file with line ends"
    case .badRow: "\(finding); \(Self.repair)"
    case .tooManyBadRows(_, _, .rows(let limit), let last):
      "\(last); it is one bad row more than dataset.max_bad_rows (\(limit)); \(Self.raise)"
    case .tooManyBadRows(let bad, let rows, .share(let limit), let last):
      "\(last); \(bad.count) of the first \(rows) rows are bad, \(bad.share(of: rows)), and "
        + "dataset.max_bad_rows allows \(PercentText.of(limit)); \(Self.raise)"
    case .badRowShare(let bad, let rows, let limit, let split):
      "\(split): \(bad.count) of \(rows) rows are bad, \(bad.share(of: rows)), and "
        + "dataset.max_bad_rows allows \(limit); the first: \(bad.first); \(Self.raise)"
    case .allRowsBad(let bad, let split):
      "\(split): all \(bad.count) rows read are bad; the first: \(bad.first); "
        + "check dataset.format, dataset.label and dataset.fields"
    case .noColumn(let name, let columns, let path):
      "\(path): expected a column \"\(name)\", found \(Excerpt.list(columns)); name one of them"
    case .noRows(let what):
      "\(what): expected rows, found none; check the files and the split's share"
    case .standardInputTwice:
      "standard input and pipes can be read only once, and this would be a second pass; "
        + "write it to a file and give that"
    case .damagedEncoder(let path, let reason):
      "\(path): \(reason); restore the file or train the run again"
    case .otherData(let path, let finding):
      "\(path): \(finding); restore the data, or train without --resume"
    case .header(let problem, let path, let line): "\(path):\(line)\(problem)"
    case .settings(let problem): problem.description
    }
  }

  /// Whether the text of a row is at fault, not that of its file.
  var concernsRow: Bool {
    switch self {
    case .badRow, .tooManyBadRows, .allRowsBad: true
    default: false
    }
  }

  /// Whether it is a bad row that a policy refuses.
  public var isBadRow: Bool { if case .badRow = self { true } else { false } }

  /// A bad row's place and what is wrong with it, without the remedy.
  public var finding: String {
    guard case .badRow(let path, let line, let column, let expected, let found) = self else {
      return description
    }
    return "\(path):\(line)\(Self.place(column)): expected \(expected), found \(found)"
  }

  private static func place(_ column: Column?) -> String {
    guard let column else { return "" }
    return ", column \(column.number) (\(column.name))"
  }
}

/// What is wrong with a header.
public enum HeaderProblem: Equatable, Sendable {
  /// More columns than any table has.
  case columns(limit: Int, found: Int)
  /// A needed column is missing.
  case missing(String, header: [String])
  /// The column of the weights is missing.
  case noWeight(String, header: [String])
  /// A needed column appears twice.
  case repeated(String)
  /// A needed column's name in two columns, counted from 1, which differ only in their Unicode
  /// normal form.
  case normalForms(String, columns: Int, Int)
  /// Double quotes that do not match.
  case quotes
}

extension HeaderProblem: CustomStringConvertible {
  /// The rest of a sentence that starts with the file and line.
  public var description: String {
    switch self {
    case .columns(let limit, let found):
      ": expected a header of at most \(limit) columns, found \(found); "
        + "check dataset.delimiter, and that this is a table with a header"
    case .missing(let name, let header):
      ": expected a column \"\(name)\" in the header, found \(Excerpt.list(header)); "
        + "check the data set's format, label, fields and delimiter"
    case .noWeight(let name, let header):
      ": expected the column \"\(name)\" of dataset.weight in the header, found "
        + "\(Excerpt.list(header)); name another column, or remove the key"
    case .repeated(let name):
      ": expected one column \"\(name)\" in the header, found two; rename one"
    case .normalForms(let name, let first, let second):
      ": expected one column \"\(name)\" in the header, found columns \(first) and \(second), whose "
        + "names differ only in their Unicode normal form; rename one"
    case .quotes:
      ": expected a header with matching double quotes, found one left open; repair the header"
    }
  }
}
