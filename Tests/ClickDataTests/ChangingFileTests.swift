import Glibc
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Files and pipes that change, end or have no writer while they are read.
@Suite struct ChangingFileTests {
  private let folder: TemporaryFolder
  // More than the reading thread reads ahead.
  private static let rows = 100_000

  init() throws { folder = try TemporaryFolder() }

  private func stream(_ path: String) throws -> BatchStream {
    let dataset = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed)
    return try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 1)
  }

  private func drain(_ stream: BatchStream) throws -> Int {
    var rows = 0
    while let batch = try stream.next() { rows += batch.rows }
    return rows
  }

  private func longFile() throws -> String {
    let line = Sample.criteoLine(1) + "\n"
    return try folder.write("t.tsv", String(repeating: line, count: Self.rows))
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let path = try longFile()
    let stream = try stream(path)
    _ = try stream.next()
    var size = stat()
    #expect(stat(path, &size) == 0)
    #expect(truncate(path, size.st_size - 1000 * Sample.criteoLine(1).utf8.count - 1000) == 0)
    let found = sentence { _ = try drain(stream) }
    #expect(found.hasPrefix("\(path): changed while it was read, the last row read is line "))
    #expect(found.hasSuffix("; wait until it is written, or read a copy"))
  }

  @Test func aFileThatGrowsIsAnError() throws {
    let path = try longFile()
    let stream = try stream(path)
    _ = try stream.next()
    let file = open(path, O_WRONLY | O_APPEND)
    #expect(write(file, "\n", 1) == 1)
    close(file)
    #expect(sentence { _ = try drain(stream) }.contains("changed while it was read"))
  }

  @Test func aFileThatIsReplacedIsReadToItsOldEnd() throws {
    let path = try longFile()
    let stream = try stream(path)
    _ = try stream.next()
    let other = try folder.write("other.tsv", "no row\n")
    #expect(rename(other, path) == 0)
    #expect(try drain(stream) == Self.rows - 1)
  }

  @Test func aStreamOfAPipeWithoutAWriterCanBeReleased() throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    // Releasing the stream joins the reading thread, which must not block in `open`.
    _ = try stream(path)
  }

  @Test func aPipeIsReadToItsEnd() throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let bytes = GzipFile.member(Sample.criteoText(0..<3000))
    let writer = try BackgroundThread {
      let file = open(path, O_WRONLY)
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeBytes {
          write(file, $0.baseAddress.map { $0 + done }, min(1000, bytes.count - done))
        }
        guard count > 0 else { break }
        done += count
      }
      close(file)
    }
    #expect(try drain(try stream(path)) == 3000)
    writer.join()
  }

  @Test func aPipeIsReadOnce() throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let unnamed = try Dataset(settings: Sample.delimited([path]), features: Sample.fixed)
    #expect(sentence { _ = try unnamed.fit() }.contains("can be read only once"))
    let dataset = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed)
    let encoder = try dataset.fit()
    _ = try dataset.batches(of: .train, encoder: encoder, batchSize: 1)
    #expect(
      sentence { _ = try dataset.batches(of: .train, encoder: encoder, batchSize: 1) }
        .contains("can be read only once"))
  }

  /// A gzip member with one stored block and the checksum of another text.
  private func stored(_ text: String, checksumOf original: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let (low, high) = (UInt8(bytes.count & 255), UInt8(bytes.count >> 8))
    return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, low, high, ~low, ~high] + bytes
      + GzipFile.member(original).suffix(8)
  }

  @Test func aBadRowInADamagedFileIsReportedAsDamage() throws {
    let text = Sample.criteoText(0..<20)
    var lines = text.split(separator: "\n").map(String.init)
    lines[7] = "x" + lines[7].dropFirst()
    let damaged = lines.map { $0 + "\n" }.joined()
    let bytes = stored(damaged, checksumOf: text)
    let path = try folder.write("t.gz", bytes)
    #expect(
      sentence { _ = try drain(try stream(path)) }
        == "\(path): corrupt gzip data at byte \(bytes.count) "
        + "(incorrect data check), the last good row is line 7; fetch the file or compress it again"
    )
    let sound = try folder.write("s.gz", stored(damaged, checksumOf: damaged))
    #expect(
      sentence { _ = try drain(try stream(sound)) }
        .hasPrefix("\(sound):8, column 1 (label): expected 0 or 1"))
  }
}
