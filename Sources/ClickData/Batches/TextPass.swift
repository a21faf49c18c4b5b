import Platform

/// A pass over text files: read and inflated on threads of their own, parsed, encoded and ordered on the caller's.
final class TextPass: RowPass {
  let totalBytes: Int?

  private let chunks: ChunkReader
  private let reader: RowReader
  private let ledger: BadRowLedger
  private let thread: BackgroundThread

  // Of the thread that runs the pass.
  private let encoder: RowEncoder
  private let shuffle: RowShuffle?
  private let writer: CacheWriter?

  /// Opens the files and starts to read them; `writer` keeps the encoded rows for later passes.
  init(
    paths: [String], format: TextFormat, sampler: SplitSampler?, badRows: BadRowLedger,
    encoder: FittedEncoder, order: RowOrder, writer: CacheWriter?
  ) {
    chunks = ChunkReader(paths: paths, hashingContents: writer != nil)
    self.writer = writer
    reader = RowReader(
      chunks: chunks, paths: paths, format: format, sampler: sampler, badRows: badRows)
    ledger = badRows
    totalBytes = InputPaths.totalBytes(paths)
    self.encoder = RowEncoder(encoder)
    shuffle = RowShuffle(words: self.encoder.layout.words, order: order)
    thread = chunks.start()
  }

  deinit {
    cancel()
    thread.join()
  }

  var read: (bytes: Int, seconds: Double) { chunks.progress }

  var badRows: (count: Int, messages: [String]) { ledger.snapshot }

  func cancel() { chunks.cancel() }

  func run(into filler: BatchFiller) throws {
    // A failure leaves the reading threads with nobody to read for.
    defer { chunks.cancel() }
    guard let shuffle else {
      return try reader.run(EncodingSink(encoder, writer, into: filler, of: filler))
    }
    let places = ShuffledPlaces(shuffle, of: encoder.layout, into: filler)
    try reader.run(EncodingSink(encoder, writer, into: places, of: filler))
    let watch = Stopwatch()
    shuffle.drain(filler.append)
    filler.addBusy(watch.seconds)
  }

  func finish() {
    // Rows that were not read because nobody takes them any more are missing.
    guard chunks.isExhausted else { return }
    writer?.commit(chunks.contents, badRows: ledger.snapshot)
  }
}
