import ClickData
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct BadFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ path: String) throws -> [ReadRow] {
    try Dataset(settings: Sample.criteo([path]), features: Sample.fixed).rows()
  }

  @Test func filesThatCannotBeReadAreReported() throws {
    let missing = folder.path + "/none.tsv"
    #expect(sentence { _ = try rows(missing) } == "\(missing): no such file; check the path")
    #expect(
      sentence { _ = try rows(folder.path) }
        == "\(folder.path): expected files of data in this folder, found none; check the path")
    #expect(
      sentence { _ = try rows(folder.path + "/part-*.gz") }
        == "\(folder.path)/part-*.gz: no file matches; check the pattern")
    let closed = try folder.write("closed.tsv", Sample.criteoText(0..<1))
    chmod(closed, 0)
    // The superuser may read any file.
    if getuid() != 0 {
      #expect(sentence { _ = try rows(closed) } == "\(closed): cannot read: permission denied")
    }
  }

  @Test func emptyFilesAreErrors() throws {
    for bytes in [[], Array("\n\r\n".utf8), GzipFile.member("")] {
      let path = try folder.write("empty.tsv", bytes)
      #expect(
        sentence { _ = try rows(path) }
          == "\(path): expected rows, found an empty file; check the path")
    }
  }

  @Test func aHeaderAloneIsAnError() throws {
    let path = try folder.write("h.csv", "y,x\n")
    #expect(
      sentence {
        _ = try Dataset(settings: Sample.delimited([path]), features: Sample.fixed).rows()
      } == "dataset.train: expected rows, found none; check the files and the split's share")
  }

  @Test func truncatedGzipReportsByteOffsetAndLastRow() throws {
    let whole = GzipFile.member(Sample.criteoText(0..<3000))
    let path = try folder.write("t.gz", Array(whole.dropLast(8)))
    #expect(
      sentence { _ = try rows(path) }
        == "\(path): gzip data ends early at byte \(whole.count - 8), "
        + "the last good row is line 3000; fetch the file or compress it again")
  }

  @Test func corruptGzipReportsTheChecksum() throws {
    var bytes = GzipFile.member(Sample.criteoText(0..<10))
    bytes[bytes.count - 8] ^= 1
    let path = try folder.write("t.gz", bytes)
    #expect(
      sentence { _ = try rows(path) }
        == "\(path): corrupt gzip data at byte \(bytes.count) "
        + "(incorrect data check), the last good row is line 10; fetch the file or compress it again"
    )
  }

  @Test func bytesAfterTheLastMemberAreRefusedAndZerosAreNot() throws {
    let member = GzipFile.member(Sample.criteoText(0..<2))
    #expect(try rows(try folder.write("zeros.gz", member + [0, 0, 0])).count == 2)
    let path = try folder.write("t.gz", member + [0x41])
    #expect(
      sentence { _ = try rows(path) }
        == "\(path): expected a gzip member or the end at byte \(member.count), found other bytes, "
        + "the last good row is line 2; fetch the file or compress it again")
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = GzipFile.member(Sample.criteoText(0..<8))
    for count in 0..<whole.count {
      let path = try folder.write("cut.gz", Array(whole[..<count]))
      #expect(throws: (any Error).self, "cut after \(count) bytes") { _ = try rows(path) }
    }
    #expect(try rows(try folder.write("cut.gz", whole)).count == 8)
  }

  @Test func flippedBytesNeverCrashAndAreDetected() throws {
    let whole = GzipFile.member(Sample.criteoText(0..<8))
    let intact = try rows(try folder.write("flip.gz", whole))
    let random = CounterRandom(seed: 1, stream: 0)
    for trial in 0..<400 {
      var bytes = whole
      let place = random.integer(UInt64(2 * trial), below: bytes.count)
      bytes[place] ^= 1 << UInt8(random.integer(UInt64(2 * trial + 1), below: 8))
      let path = try folder.write("flip.gz", bytes)
      // The checksum does not cover the header's time, system and flags.
      if let found = try? rows(path) { #expect(found == intact && place < 10) }
    }
  }

  @Test func flippedTextNeverCrashes() throws {
    let whole = Array(("y,a,\"b\"\n" + "1,\"x,\"\"\",3\n0,4,\n").utf8)
    for place in whole.indices {
      for byte in [0, 9, 10, 13, 34, 44, 49, 255] as [UInt8] {
        var bytes = whole
        bytes[place] = byte
        let path = try folder.write("flip.csv", bytes)
        _ = try? Dataset(settings: Sample.delimited([path]), features: Sample.fixed).rows()
      }
    }
  }

  @Test func aLineWithoutEndIsRefused() throws {
    let path = try folder.write(
      "long.tsv", Array(Sample.criteoText(0..<2).utf8) + [UInt8](repeating: 65, count: 18 << 20))
    #expect(
      sentence { _ = try rows(path) }
        == "\(path):3: expected a line of at most 16 MiB, found a longer one; "
        + "check that this is a text file with line ends")
  }
}
