import Platform

/// A pass over text files: read and inflated on background threads, encoded on the caller's.
final class TextPass: RowPass {
  let totalBytes: Int?

  private let chunks: ChunkReader
  private let reader: RowReader
  private let ledger: RowLedger
  private let thread: BackgroundThread

  // Of the thread that runs the pass.
  private let encoder: RowEncoder
  private let shuffle: RowShuffle?
  private let writer: CacheWriter?
  private let contents: ReadContents
  private let paths: [String]

  /// Opens the files, whose bytes are at `locations`, and starts to read them; `writer` saves the
  /// encoded rows for later passes.
  init(
    paths: [String], locations: [String], format: TextFormat, sampler: SplitSampler?,
    order column: RowOrderColumn?, ledger: RowLedger, encoder: FittedEncoder, order: RowOrder,
    writer: CacheWriter?, contents: ReadContents
  ) throws {
    chunks = ChunkReader(paths: locations, hashingContents: true)
    self.contents = contents
    self.paths = paths
    self.writer = writer
    reader = RowReader(
      chunks: chunks, paths: paths, format: format, sampler: sampler, order: column, ledger: ledger)
    self.ledger = ledger
    totalBytes = InputPaths.totalBytes(locations)
    self.encoder = RowEncoder(encoder, weighted: format.weight != nil)
    shuffle = RowShuffle(words: self.encoder.layout.words, order: order)
    thread = try chunks.start()
  }

  deinit {
    cancel()
    thread.join()
  }

  var readSeconds: Double { chunks.progress.seconds }
  var read: (rows: Int, bytes: Int) { ledger.read }
  var badRows: BadRows { ledger.badRows }
  var findings: RowFindings { ledger.findings }
  func cancel() { chunks.cancel() }

  func run(into filler: BatchFiller) throws {
    // After a failure no thread takes the chunks.
    defer { chunks.cancel() }
    guard let shuffle else {
      return try reader.run(EncodingSink(encoder, writer, ledger, into: filler, of: filler))
    }
    let places = ShuffledPlaces(shuffle, of: encoder.layout, into: filler)
    try reader.run(EncodingSink(encoder, writer, ledger, into: places, of: filler))
    let watch = Stopwatch()
    shuffle.drain(filler.append)
    filler.addBusy(watch.seconds)
  }

  func finish() {
    // If the consumer stopped early, rows are missing.
    guard chunks.isExhausted else { return }
    contents.add(chunks.contents, of: paths)
    writer?.commit(chunks.contents, badRows: ledger.badRows, findings: ledger.findings)
  }
}

/// Encodes the rows of a pass into `places`, and copies them to a cache where there is a writer.
private final class EncodingSink<Places: RecordPlaces>: RowSink {
  private let encoder: RowEncoder
  private let writer: CacheWriter?
  private let ledger: RowLedger
  private let places: Places
  private let filler: BatchFiller

  /// `filler` is their final destination.
  init(
    _ encoder: RowEncoder, _ writer: CacheWriter?, _ ledger: RowLedger, into places: Places,
    of filler: BatchFiller
  ) {
    self.encoder = encoder
    self.writer = writer
    self.ledger = ledger
    self.places = places
    self.filler = filler
  }

  func begin(_ layout: FileLayout) { encoder.begin(layout) }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    let record = places.place
    if let fault = encoder.encode(columns, position: position, into: record) { return fault }
    writer?.append(record)
    if let texts = columns.carried { filler.carry(texts) }
    places.keep()
    return nil
  }

  func pause(after seconds: Double) -> Bool {
    filler.addBusy(seconds)
    ledger.findings = encoder.findings
    return filler.isOpen
  }
}
