import Glibc
import TestSupport
import Testing

@testable import ClickData

/// A file of encoded rows that changes while it is read.
@Suite struct ChangingCacheTests {
  private let fixture: CacheFixture
  private let rows: [ReadRow]
  private let path: String

  init() throws {
    fixture = try CacheFixture()
    rows = try fixture.pass().rows
    path = try fixture.file("npy")
  }

  /// A pass whose reading thread cannot reach the second block before batches are taken.
  private func stream(_ order: RowOrder = .stored) throws -> BatchStream {
    let batchSize = 10
    let ahead = BatchStream.batchesInFlight(batchSize: batchSize) * batchSize
    #expect(try blockRows() > 2 * ahead)
    let dataset = try fixture.dataset()
    return try dataset.batches(
      of: .train, encoder: try dataset.fit(), batchSize: batchSize, order: order)
  }

  private func changed(afterRow row: Int) -> String {
    "\(path): changed while it was read, the last row read is row \(row); "
      + "start again: damaged rows are not used, and the data is read instead"
  }

  /// Rows of one block; the fixture has more than two of them.
  private func blockRows() throws -> Int {
    CacheLayout(RecordLayout(try fixture.dataset().fit().schema)).blockRows
  }

  private func size() throws -> Int { try #require(FileStamp(path: path)).bytes }

  /// If the file were mapped, SIGBUS would end the process.
  @Test func truncationDuringAPassEndsItWithOneLine() throws {
    for order in [RowOrder.stored, .shuffled(seed: 1, epoch: 0, bufferRows: 50)] {
      let stream = try stream(order)
      _ = try stream.next()
      #expect(truncate(path, try size() / 2) == 0)
      #expect(sentence { _ = try stream.allRows() } == changed(afterRow: try blockRows()))
      let next = try fixture.pass()
      #expect(next.events.map(\.kind) == ["written instead"])
      #expect(next.rows == rows)
    }
  }

  @Test func rowsOverwrittenDuringAPassAreNotDelivered() throws {
    let stream = try stream()
    _ = try stream.next()
    let file = open(path, O_WRONLY)
    #expect(pwrite(file, [7], 1, try size() - 50) == 1)
    close(file)
    #expect(
      sentence { _ = try stream.allRows() } == changed(afterRow: 2 * (try blockRows())))
  }

  @Test func truncationBetweenPassesMakesTheNextPassReadTheText() throws {
    let dataset = try fixture.dataset()
    #expect(try fixture.pass(dataset).events.map(\.kind) == ["used"])
    let whole = try size()
    #expect(truncate(path, 100) == 0)
    let after = try fixture.pass(dataset)
    #expect(after.events.map(\.problem) == [.damaged("it has 100 bytes instead of \(whole)")])
    #expect(after.rows == rows)
    #expect(try fixture.pass(dataset).events.map(\.kind) == ["used"])
  }

  @Test func removedFilesAreReadToTheirEnd() throws {
    let stream = try stream()
    let first = try #require(try stream.next()).rows
    unlink(path)
    #expect(try stream.allRows().count == rows.count - first)
  }

  @Test func aFIFOInPlaceOfAFileIsRefused() throws {
    unlink(path)
    #expect(mkfifo(path, 0o600) == 0)
    let pass = try fixture.pass()
    #expect(
      pass.events.map(\.problem) == [
        .refused("\(path): cannot read: found a pipe, expected a regular file")
      ])
    #expect(pass.rows == rows)
  }
}
