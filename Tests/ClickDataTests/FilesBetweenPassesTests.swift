import Foundation
import Glibc
import TestSupport
import Testing

@testable import ClickData

/// Passes over files that changed in between, and over pipes that close early.
@Suite struct FilesBetweenPassesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aFileThatChangesBetweenPassesIsAnError() throws {
    let path = try folder.write("d.tsv", Sample.criteoText(0..<3))
    let before = try #require(FileStamp(path: path)).bytes
    let dataset = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed)
    let encoder = try dataset.fit()
    #expect(try dataset.batches(of: .train, encoder: encoder, batchSize: 9).allRows().count == 3)
    _ = try folder.write("d.tsv", Sample.criteoText(0..<4))
    let after = try #require(FileStamp(path: path)).bytes
    #expect(
      sentence { _ = try dataset.batches(of: .train, encoder: encoder, batchSize: 9) }
        == "\(path): expected an unchanged file, found it written to between two passes "
        + "(\(before) bytes before, \(after) after); start again from a copy that no program writes to"
    )
  }

  @Test func aPipeThatClosesEarlyEndsAfterItsRows() throws {
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    // More than a pipe holds, so that it is open for reading when all is written.
    let text = Array(Sample.criteoText(0..<6000).utf8)
    let zipped = GzipFile.member(text)
    #expect(zipped.count > 1 << 16)
    for (bytes, rows, message) in [
      (text[...], 6000, "nothing was thrown"),
      (text.dropLast(30), 5999, "\(pipe):6000: expected 40 columns"),
      (zipped.dropLast(30), nil, "\(pipe): gzip data ends early at byte \(zipped.count - 30)"),
    ] {
      let writer = open(pipe, O_RDWR)
      let dataset = try Dataset(settings: Sample.criteo([pipe]), features: Sample.fixed)
      let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 1)
      #expect(bytes.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) } == bytes.count)
      close(writer)
      var found = 0
      #expect(sentence { while try stream.next() != nil { found += 1 } }.hasPrefix(message))
      #expect(rows == nil || found == rows)
    }
  }
}
