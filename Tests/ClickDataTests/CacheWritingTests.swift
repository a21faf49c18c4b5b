import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@testable import ClickData

/// When encoded rows are written, and when a pass continues without a cache.
@Suite struct CacheWritingTests {
  private let fixture: CacheFixture
  private let rows: [ReadRow]

  init() throws {
    fixture = try CacheFixture()
    rows = try fixture.pass(try fixture.dataset(cached: false)).rows
  }

  @Test(arguments: [0, 1, 50, 139])
  func anUnfinishedPassLeavesNoFile(_ batches: Int) throws {
    do {
      let dataset = try fixture.dataset()
      let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 100)
      for _ in 0..<batches { #expect(try stream.next() != nil) }
    }
    // All rows may have been read before the stream is released at its end, but not halfway.
    if batches < 100 { #expect(fixture.files().isEmpty) }
    let pass = try fixture.pass()
    #expect(pass.rows == rows)
  }

  @Test func aFailedPassLeavesNoFile() throws {
    fixture.maxBadRows = .rows(2)
    #expect(throws: DataFailure.self) { try fixture.pass() }
    #expect(fixture.files().isEmpty)
  }

  @Test func filesOfAKilledProcessAreReplaced() throws {
    _ = try fixture.pass()
    let path = try fixture.file("npy")
    let partial = path + ".partial"
    let other = fixture.cachePath + "/valid-0.npy.partial"
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    unlink(path)
    unlink(try fixture.file("json"))
    for name in [partial, other] {
      try Data(bytes[..<5000]).write(to: URL(fileURLWithPath: name))
    }
    #expect(try fixture.pass().rows == rows)
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
    #expect(access(partial, F_OK) != 0 && access(other, F_OK) != 0)
  }

  /// A lock belongs to an open file, so that a second data set acts like a second process.
  @Test func aSecondProcessReadsTheTextUntilTheCacheIsComplete() throws {
    let dataset = try fixture.dataset()
    let second = try fixture.dataset()
    let encoder = try dataset.fit()
    do {
      let stream = try dataset.batches(of: .train, encoder: encoder, batchSize: 100)
      let waiting = try fixture.pass(second)
      #expect(waiting.events == [.unused(split: "train", .busy)])
      #expect(waiting.rows == rows)
      #expect(try stream.allRows() == rows)
    }
    let later = try fixture.pass(second)
    #expect(later.events.map(\.kind) == ["used"])
    #expect(later.rows == rows)
  }

  @Test func cachesInUseMayBeReplaced() throws {
    _ = try fixture.pass()
    let dataset = try fixture.dataset()
    #expect(try fixture.pass(dataset).events.map(\.kind) == ["used"])
    unlink(try fixture.file("json"))
    let text = Sample.criteoText(0..<14)
    _ = try fixture.folder.write("b.tsv", text)
    #expect(try fixture.pass().rows.count == 9014)
    #expect(try fixture.pass(dataset).rows == rows)
  }

  @Test func aFullDiskIsReportedBeforeAnyRowIsWritten() throws {
    let pass = try fixture.pass(try fixture.dataset(freeBytes: 1_000_000))
    #expect(pass.rows == rows)
    guard case .unused("train", .noSpace(let needed, 1_000_000)) = pass.events.first else {
      Issue.record("\(pass.events)")
      return
    }
    // Estimated from the first file, which is compressed and therefore small.
    #expect(needed > 14_000 * 43 * 4)
    #expect(fixture.files().isEmpty)
  }

  @Test func theEstimatedSizeIsCloseToTheActualSize() throws {
    let path = try fixture.folder.write("all.gz", GzipFile.member(Sample.criteoText(0..<30_000)))
    var events: [CacheEvent] = []
    let cache = CacheFolder(fixture.cachePath, writes: true) { events.append($0) }
    let dataset = try Dataset(
      settings: Sample.criteo([path]), features: fixture.features, cache: cache)
    #expect(try dataset.rows().count == 30_000)
    guard case .written(_, let path, .some(let bytes), nil) = events.first else {
      Issue.record("\(events)")
      return
    }
    let taken = try #require(FileStamp(path: path)).bytes
    #expect(abs(bytes - taken) < taken / 4)
  }

  @Test func aPassContinuesIfTheFolderCannotBeCreated() throws {
    _ = try fixture.folder.write("cache", "a file")
    let dataset = try fixture.dataset()
    let pass = try fixture.pass(dataset)
    #expect(pass.rows == rows)
    #expect(pass.events.map(\.kind) == ["unused"])
    #expect(try fixture.pass(dataset).events.isEmpty)
  }

  @Test func readersWriteNothing() throws {
    let pass = try fixture.pass(try fixture.dataset(writes: false))
    #expect(pass.rows == rows && pass.events.isEmpty && fixture.files().isEmpty)
    _ = try fixture.pass()
    #expect(try fixture.pass(try fixture.dataset(writes: false)).events.map(\.kind) == ["used"])
  }

  @Test func cachedBadRowsBeyondTheLimitEndThePass() throws {
    _ = try fixture.pass()
    fixture.maxBadRows = .rows(2)
    #expect(sentence { _ = try fixture.pass() }.contains("one bad row more than"))
    fixture.onBadRow = .fail
    #expect(sentence { _ = try fixture.pass() }.contains("a.gz:18: expected 40 columns"))
    fixture.onBadRow = .skip
    fixture.maxBadRows = .rows(3)
    #expect(try fixture.pass().events.map(\.kind) == ["used"])
  }

  @Test func aPipeHasNoCache() throws {
    let pipe = fixture.folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = try BackgroundThread {
      let descriptor = open(pipe, O_WRONLY)
      let text = Array(Sample.criteoText(0..<9).utf8)
      _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
    }
    let cache = CacheFolder(fixture.cachePath, writes: true)
    let dataset = try Dataset(
      settings: Sample.criteo([pipe]), features: fixture.features, cache: cache)
    #expect(try dataset.rows().count == 9)
    writer.join()
    #expect(fixture.files().isEmpty)
  }
}
