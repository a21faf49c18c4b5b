import Platform

/// Formats that are recognised by their first bytes and not read, with the pipe that reads them.
public enum ForeignFormat: String, CaseIterable, Sendable {
  /// Apache Parquet.
  case parquet = "Parquet"
  /// Arrow's file format, which is Feather version 2.
  case arrow = "Arrow (Feather)"
  /// Arrow's streaming format.
  case arrowStream = "an Arrow stream"
  /// Feather version 1.
  case feather = "Feather"
  /// Apache ORC.
  case orc = "ORC"
  /// A database of SQLite 3.
  case sqlite = "a database of SQLite"
  /// A database of DuckDB.
  case duckdb = "a database of DuckDB"
  /// A zip archive; spreadsheets are such archives, too.
  case zip = "a zip archive"
  /// A 7z archive.
  case sevenZip = "a 7z archive"
  /// A tar archive, which may be compressed.
  case tar = "a tar archive"
  /// LZ4 frames.
  case lz4 = "LZ4"
  /// lzip's members.
  case lzip = "lzip"
  /// The output of `compress`.
  case compress = "the format of compress (.Z)"

  /// The bytes by which every format is recognised, if the file has so many.
  static let signatureLength = 512

  /// The format of a content that starts with these bytes; nil for text.
  ///
  /// A text may start with a signature made of letters, but contains no control characters.
  init?(detecting start: UnsafeBufferPointer<UInt8>) {
    let start = UnsafeBufferPointer(rebasing: start.prefix(Self.signatureLength))
    guard start.contains(where: { $0 < 0x20 && !(0x09...0x0d).contains($0) }),
      let found = Self.allCases.first(where: { $0.accepts(start) })
    else { return nil }
    self = found
  }

  private func accepts(_ start: UnsafeBufferPointer<UInt8>) -> Bool {
    let (offset, signatures) = signatures
    return signatures.contains { start.dropFirst(offset).starts(with: $0) }
  }

  /// One of these sequences of bytes, at this offset.
  private var signatures: (offset: Int, [[UInt8]]) {
    switch self {
    case .parquet: (0, [Array("PAR1".utf8), Array("PARE".utf8)])
    case .arrow: (0, [Array("ARROW1".utf8)])
    case .arrowStream: (0, [[0xff, 0xff, 0xff, 0xff]])
    case .feather: (0, [Array("FEA1".utf8)])
    case .orc: (0, [Array("ORC".utf8)])
    case .sqlite: (0, [Array("SQLite format 3\0".utf8)])
    case .duckdb: (8, [Array("DUCK".utf8)])
    // A file, an empty archive, a part of one that is divided.
    case .zip: (0, [[3, 4], [5, 6], [7, 8]].map { Array("PK".utf8) + $0 })
    case .sevenZip: (0, [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]])
    case .tar: (257, [Array("ustar".utf8)])
    case .lz4: (0, [[0x04, 0x22, 0x4d, 0x18]])
    case .lzip: (0, [Array("LZIP\u{1}".utf8)])
    case .compress: (0, [[0x1f, 0x9d]])
    }
  }

  /// The shell command that writes the content of a file as text.
  func command(_ path: String) -> String {
    let file = Self.quoted(path)
    return switch self {
    case .parquet:
      "python3 -c 'import sys, duckdb; "
        + "duckdb.read_parquet(sys.argv[1]).write_csv(\"/dev/stdout\")' \(file)"
    case .arrow, .feather: Self.pyarrow("feather", "feather.read_table(sys.argv[1])", file)
    case .arrowStream: Self.pyarrow("ipc", "ipc.open_stream(sys.argv[1]).read_all()", file)
    case .orc: Self.pyarrow("orc", "orc.read_table(sys.argv[1])", file)
    case .sqlite: "sqlite3 -header -csv \(file) 'SELECT * FROM NAME'"
    case .duckdb:
      "python3 -c 'import sys, duckdb; "
        + "duckdb.connect(sys.argv[1]).table(\"NAME\").write_csv(\"/dev/stdout\")' \(file)"
    case .zip: "unzip -p \(file)"
    case .sevenZip: "7z x -so \(file)"
    case .tar: "tar -xOf \(file)"
    case .lz4: "lz4 -dc \(file)"
    case .lzip: "lzip -dc \(file)"
    case .compress: "gzip -dc \(file)"
    }
  }

  private static func pyarrow(_ module: String, _ table: String, _ file: String) -> String {
    "python3 -c 'import sys, pyarrow.csv, pyarrow.\(module); "
      + "pyarrow.csv.write_csv(pyarrow.\(table), sys.stdout.buffer)' \(file)"
  }

  /// A path as one word of a shell; FILE for standard input, which has no path.
  private static func quoted(_ path: String) -> String {
    guard path != StandardStream.input.name else { return "FILE" }
    let isPlain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+,:@%=".utf8.contains(byte)
      }
    }
    return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
  }
}
