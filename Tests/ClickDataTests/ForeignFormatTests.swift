import TestSupport
import Testing

@testable import ClickData

/// Files that are recognised and not read.
@Suite struct ForeignFormatTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func message(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = try folder.write(name, bytes)
    let found = sentence {
      _ = try Dataset(settings: Sample.delimited([path]), features: Sample.fixed).rows()
    }
    return found.replacing("\(folder.path)/", with: "")
  }

  private static let tail = " | sfg train --config FILE --set dataset.train=-"

  /// The first bytes of a file, as the format's own writer makes them.
  private static let starts: [ForeignFormat: [UInt8]] = [
    .parquet: Array("PAR1".utf8) + [0x15, 4, 0x15, 0x20, 0x15, 0x24],
    .arrow: Array("ARROW1".utf8) + [0, 0, 0xff, 0xff, 0xff, 0xff, 0x10, 1, 0, 0],
    .arrowStream: [0xff, 0xff, 0xff, 0xff, 0x10, 1, 0, 0, 0x10, 0],
    .feather: Array("FEA1".utf8) + [0, 0, 0, 0],
    .orc: Array("ORC".utf8) + [0x0a, 7, 0x12, 5, 8, 0xb8],
    .sqlite: Array("SQLite format 3".utf8) + [0, 0x10, 0, 1, 1],
    .duckdb: [0x59, 0xd7, 0x6b, 0xe1, 0x65, 0xcb, 0x6c, 0x6c] + Array("DUCK".utf8) + [3, 0],
    .zip: [0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0],
    .sevenZip: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4],
    .tar: Array("a.csv".utf8) + [UInt8](repeating: 0, count: 252) + Array("ustar".utf8) + [0],
    .lz4: [0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7],
    .lzip: Array("LZIP".utf8) + [1, 0x0c],
    .compress: [0x1f, 0x9d, 0x90, 0x31],
  ]

  @Test(arguments: ForeignFormat.allCases)
  func theFormatIsNamedWithThePipeThatReadsIt(_ format: ForeignFormat) throws {
    let start = try #require(Self.starts[format])
    let expected =
      "part: expected text, found \(format.rawValue); read it through a pipe: "
      + format.command("part") + Self.tail
    // Also where the file ends within the first bytes, and inside compressed data.
    for bytes in [start, start + [UInt8](repeating: 0x41, count: 3 << 20)] {
      for stored in [bytes] + Compression.allCases.map({ $0.member(bytes) }) {
        #expect(try message("part", stored) == expected)
      }
    }
  }

  @Test func theMessageOfParquetIsOneCommand() throws {
    #expect(
      DataFailure.foreign(.parquet, path: "day 1/it's.parquet").description
        == "day 1/it's.parquet: expected text, found Parquet; read it through a pipe: "
        + "python3 -c 'import sys, duckdb; "
        + "duckdb.read_parquet(sys.argv[1]).write_csv(\"/dev/stdout\")' 'day 1/it'\\''s.parquet'"
        + " | sfg train --config FILE --set dataset.train=-")
    #expect(
      DataFailure.foreign(.zip, path: "standard input").description
        == "standard input: expected text, found a zip archive; read it through a pipe: "
        + "unzip -p FILE | sfg train --config FILE --set dataset.train=-")
  }

  /// Names of columns may be those of formats.
  @Test(arguments: ["PAR1", "ORC", "FEA1", "ARROW1", "PK", "LZIP", "BZh91", "(a"])
  func textsWithTheLettersOfAFormatAreText(_ name: String) throws {
    let text = "\(name),y\r\n" + (0..<100).map { "a\($0),\($0 % 2)\r\n" }.joined()
    let path = try folder.write("text.csv", text)
    var settings = Sample.delimited([path])
    settings.label = "y"
    #expect(try Dataset(settings: settings, features: Sample.fixed).rows().count == 100)
  }

  @Test(arguments: Compression.allCases)
  func filesThatAreCompressedTwiceSaySo(_ format: Compression) throws {
    let once = Compression.gzip.member(Sample.criteoText(0..<3))
    #expect(
      try message("part", format.member(once))
        == "part: expected text when decompressed, found gzip data; decompress it once")
  }
}
