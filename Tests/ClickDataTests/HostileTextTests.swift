import Glibc
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Malformed and hostile texts.
@Suite struct HostileTextTests {
  private let folder: TemporaryFolder
  private let repair = "; repair the row or set dataset.on_bad_row: skip"

  init() throws { folder = try TemporaryFolder() }

  /// The rows of a text with the columns y and x.
  private func rows(_ bytes: [UInt8]) throws -> [ReadRow] {
    let path = try folder.write("t.csv", bytes)
    return try Dataset(settings: Sample.delimited([path]), features: Sample.fixed).rows()
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    String(sentence { _ = try rows(bytes) }.dropFirst(folder.path.count + 1))
  }

  private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func anyBytesAreACategory() throws {
    let odd: [[UInt8]] = [[0], [0, 0], [0xff, 0xfe], [0xc3], [0xed, 0xa0, 0x80], [0x1b, 0x5b]]
    let bytes = text("y,x\n") + odd.flatMap { text("1,") + $0 + [0x0a] }
    let found = try rows(bytes)
    #expect(found.count == odd.count)
    let hash = FieldHash(field: "x")
    #expect(
      found.map { $0.ids[0] }
        == odd.map { bytes in
          bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { FieldHash.id(hash.hash($0, bytes.count), buckets: 1000) } ?? 0
          }
        })
  }

  @Test func lineEndsMayBeMixed() throws {
    let expected = try rows(text("y,x\n1,a\n0,b\n1,c\n"))
    for mixed in ["y,x\r\n1,a\n0,b\r\n1,c", "\n\ny,x\n\r\n1,a\r\n0,b\n\n1,c\r"] {
      #expect(try rows(text(mixed)) == expected)
    }
  }

  @Test func aCarriageReturnAloneEndsNoLine() {
    #expect(
      sentence { _ = try rows(text("y,x\r1,a\r0,b\r")) }.contains("expected rows, found none"))
    #expect(refusal(text("y,x\n1,a\r0,b\n")) == "t.csv:2: expected 2 columns, found 3\(repair)")
  }

  @Test func oneByteOrderMarkIsDropped() throws {
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    #expect(try rows(mark + text("y,x\n1,a\n")) == rows(text("y,x\n1,a\n")))
    // The second mark is part of the first column's name.
    #expect(
      refusal(mark + mark + text("y,x\n1,a\n")).hasPrefix("t.csv:1") == false)
    var settings = Sample.delimited([try folder.write("t.csv", mark + mark + text("y,x\n1,a\n"))])
    settings.label = "y"
    #expect(
      sentence { _ = try Dataset(settings: settings, features: Sample.fixed).rows() }
        .contains("expected a column \"y\" in the header"))
  }

  @Test func sixteenBitTextIsRefused() {
    let wide = "y,x\n1,a\n0,b\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let mark =
      "t.csv: expected ASCII or UTF-8, found the byte order mark of UTF-16; "
      + "convert it, as iconv -f UTF-16 -t UTF-8 does"
    #expect(refusal([0xff, 0xfe] + wide) == mark)
    #expect(refusal([0xfe, 0xff, 0] + wide) == mark)
    // The same without a header.
    let path = folder.path + "/u.tsv"
    #expect(
      sentence {
        _ = try folder.write("u.tsv", [0xff, 0xfe] + wide)
        _ = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed).rows()
      }.hasPrefix("\(path): expected ASCII or UTF-8"))
    #expect(refusal(wide).hasPrefix("t.csv:2, column 1 ("))
  }

  /// The names of a header are untrusted bytes too.
  @Test func aHeaderIsPrintedSafely() throws {
    var settings = Sample.delimited([])
    (settings.label, settings.fields) = ("y", [.init(name: "x", kind: .categorical)])
    func found(_ header: [UInt8]) throws -> String {
      settings.train = [try folder.write("t.csv", header + text("\n1,2\n"))]
      let whole = sentence {
        _ = try Dataset(settings: settings, features: Sample.fixed).rows()
      }
      let start = try #require(whole.range(of: "in the header, found "))
      let end = try #require(whole.range(of: "; check the data set's"))
      return String(whole[start.upperBound..<end.lowerBound])
    }
    #expect(try found([0, 0x1b, 0x79, 0x2c, 0x0d, 0x78]) == #"\x00\x1by, \x0dx"#)
    #expect(try found([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf] + text("y,x")) == #"\xef\xbb\xbfy, x"#)
    #expect(try found([0xff] + text("y,größe")) == "\u{fffd}y, größe")
    let long = String(repeating: "n", count: 1 << 20)
    #expect(try found(text("\(long),x")) == String(repeating: "n", count: 40) + "…, x")
  }

  @Test func aHeaderOfTooManyColumnsIsRefused() throws {
    let commas = [UInt8](repeating: 0x2c, count: 1 << 20)
    #expect(
      refusal(text("y,x") + commas + text("\n1,a\n"))
        == "t.csv:1: expected a header of at most 65536 columns, found 1048578; "
        + "check dataset.delimiter, and that this is a table with a header")
  }

  /// Both names look the same: "é" as one character, and as "e" with an accent.
  @Test func namesThatDifferInTheirNormalFormAreRefused() throws {
    #expect(
      refusal(text("y,x,\u{e9},e\u{301}\n1,a,b,c\n"))
        == "t.csv:1: expected one column \"\u{e9}\" in the header, found columns 3 and 4, whose "
        + "names differ only in their Unicode normal form; rename one")
  }

  @Test func aLineFeedInsideQuotesEndsTheLine() {
    #expect(
      refusal(text("y,x\n1,\"two\nlines\"\n"))
        == "t.csv:2, column 2 (x): expected a closing double quote "
        + "(dataset.quote: none reads quotes as text), found \"\\\"two\"\(repair)")
  }

  @Test func aHundredMegabytesWithoutALineEndAreRefused() throws {
    let path = try folder.write("t.csv", "y,x\n1,a\n")
    // A sparse file: it is read as zeros and takes no space.
    #expect(truncate(path, 100 << 20) == 0)
    #expect(
      sentence {
        _ = try Dataset(settings: Sample.delimited([path]), features: Sample.fixed).rows()
      } == "\(path):3: expected a line of at most 16 MiB, found a longer one; "
        + "check that this is a text file with line ends")
  }

  @Test func linesBeyondThirtyTwoBitsHaveDistinctPlaces() {
    var shares = DatasetSettings.SplitShares()
    (shares.train, shares.valid, shares.test) = (0.5, 0.25, 0.25)
    var samplers = Split.allCases.map { SplitSampler(shares, split: $0) }
    for index in samplers.indices { samplers[index].begin(path: "a/d.tsv.gz") }
    var counts = [0, 0, 0]
    for line in (1 << 31) - 1000..<(1 << 31) + 1000 {
      let owners = samplers.indices.filter { samplers[$0].contains(line: line) }
      #expect(owners.count == 1)
      counts[owners[0]] += 1
    }
    #expect(counts[0] > 900 && counts[0] < 1100)
    // If line numbers were truncated to 32 bits, these would repeat.
    #expect(
      (1...64).contains { line in
        samplers[0].contains(line: line) != samplers[0].contains(line: line + 1 << 32)
      })
  }
}
