import Platform

/// A pass over text files: read and inflated on threads of their own, parsed, encoded and ordered on the caller's.
final class TextPass: RowPass, RowSink {
  let totalBytes: Int?

  private let chunks: ChunkReader
  private let reader: RowReader
  private let ledger: BadRowLedger
  private let thread: BackgroundThread

  // Of the thread that runs the pass.
  private let encoder: RowEncoder
  private let shuffle: RowShuffle?
  private let writer: CacheWriter?
  private let record: UnsafeMutablePointer<UInt32>
  private var filler: BatchFiller?

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
    let words = self.encoder.layout.words
    record = .allocate(capacity: words)
    record.initialize(repeating: 0, count: words)
    shuffle = RowShuffle(words: words, order: order)
    thread = chunks.start()
  }

  deinit {
    cancel()
    thread.join()
    record.deallocate()
  }

  var read: (bytes: Int, seconds: Double) { chunks.progress }

  var badRows: (count: Int, messages: [String]) { ledger.snapshot }

  func cancel() { chunks.cancel() }

  func run(into filler: BatchFiller) throws {
    self.filler = filler
    // A failure leaves the reading threads with nobody to read for.
    defer {
      self.filler = nil
      chunks.cancel()
    }
    try reader.run(self)
    let watch = Stopwatch()
    shuffle?.drain(filler.append)
    filler.addBusy(watch.seconds)
  }

  func finish() {
    // Rows that were not read because nobody takes them any more are missing.
    guard chunks.isExhausted else { return }
    writer?.commit(chunks.contents, badRows: ledger.snapshot)
  }

  func begin(_ layout: FileLayout) { encoder.begin(layout) }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    if let fault = encoder.encode(columns, position: position, into: record) { return fault }
    writer?.append(record)
    guard let filler else { return nil }
    if let shuffle {
      shuffle.insert(record, displacing: filler.append)
    } else {
      filler.append(record)
    }
    return nil
  }

  func pause(after seconds: Double) -> Bool {
    filler?.addBusy(seconds)
    return filler?.isOpen ?? false
  }
}
