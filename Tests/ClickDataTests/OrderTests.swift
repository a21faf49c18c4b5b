import ClickData
import Glibc
import TestSupport
import Testing

@Suite struct OrderTests {
  private let folder: TemporaryFolder
  private let dataset: Dataset

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    let paths = try ["a", "b"].map { name in
      try folder.write("\(name).gz", GzipFile.member(Sample.criteoText(0..<150)))
    }
    dataset = try Dataset(settings: Sample.criteo(paths), features: Sample.fixed)
  }

  private func shuffled(seed: Int = 1, epoch: Int = 0, buffer: Int, batch: Int = 64) throws
    -> [ReadRow]
  {
    try dataset.rows(
      batchSize: batch, order: .shuffled(seed: seed, epoch: epoch, bufferRows: buffer))
  }

  @Test(arguments: [1, 16, 100, 299, 300, 301, 5000])
  func aShuffleIsAPermutation(_ buffer: Int) throws {
    let stored = try dataset.rows()
    let rows = try shuffled(buffer: buffer)
    #expect(rows.sorted { $0.position < $1.position } == stored)
    #expect((rows == stored) == (buffer == 1))
  }

  @Test func seedAndEpochDetermineTheOrder() throws {
    let rows = try shuffled(buffer: 100)
    #expect(try shuffled(buffer: 100) == rows)
    #expect(try shuffled(buffer: 100, batch: 7) == rows)
    #expect(try shuffled(epoch: 1, buffer: 100) != rows)
    #expect(try shuffled(seed: 2, buffer: 100) != rows)
  }

  /// Over 300 epochs, about 1 − 1/e of 300 rows are first once, if shuffles are uniform.
  @Test func aWholeBufferShufflesUniformly() throws {
    var first: Set<UInt64> = []
    var sum = 0.0
    for epoch in 0..<300 {
      let rows = try shuffled(epoch: epoch, buffer: 300, batch: 300)
      first.insert(rows[0].position)
      sum += Double(rows[299].position)
    }
    // Mean 190, standard deviation 5.4; the mean of 300 uniform positions has a deviation of 5.
    #expect(abs(Double(first.count) - 190) < 30)
    #expect(abs(sum / 300 - 149.5) < 25)
  }

  @Test(arguments: [1, 15, 16, 17, 299, 300, 1000])
  func batchSizesChangeNothing(_ size: Int) throws {
    #expect(try dataset.rows(batchSize: size) == dataset.rows(batchSize: 64))
  }

  @Test func releasingAStreamEarlyEndsItsThreads() throws {
    let encoder = try dataset.fit()
    for taken in 0..<4 {
      let stream = try dataset.batches(of: .train, encoder: encoder, batchSize: 2)
      for _ in 0..<taken { #expect(try stream.next() != nil) }
    }
  }

  /// The writer keeps the pipe open, so that the reading thread waits for bytes forever.
  @Test func releasingAStreamOfASilentPipeEndsItsThreads() throws {
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let writer = open(path, O_RDWR)
    defer { close(writer) }
    let text = Array(Sample.criteoText(0..<10).utf8)
    #expect(write(writer, text, text.count) == text.count)
    let dataset = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed)
    let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 4)
    #expect(stream.progress.totalBytes == nil)
  }

  @Test func rowsBeforeAFailureAreDeliveredAndItPersists() throws {
    let path = try folder.write("bad.tsv", Sample.criteoText(0..<10) + "x\n")
    let dataset = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed)
    let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 4)
    #expect(try stream.next()?.rows == 4)
    #expect(try stream.next()?.rows == 4)
    #expect(throws: DataFailure.self) { try stream.next() }
    #expect(throws: DataFailure.self) { try stream.next() }
  }

  @Test func progressReachesTheEnd() throws {
    let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 100)
    while try stream.next() != nil {}
    let progress = stream.progress
    #expect(progress.rows == 300)
    #expect(progress.bytesRead == progress.totalBytes)
    #expect(progress.badRows.count == 0)
  }

  @Test(arguments: [(1, 64), (512, 64), (1000, 32), (4096, 8), (8192, 4), (100_000, 4)])
  func moreSmallBatchesAreInFlight(batchSize: Int, underway: Int) {
    #expect(BatchStream.batchesInFlight(batchSize: batchSize) == underway)
  }
}
