import Platform

/// The progress of a pass over the data.
public struct ReadingProgress: Equatable, Sendable {
  /// Rows delivered, without bad ones.
  public var rows = 0
  /// Bytes of the files that the delivered rows came from, about, as stored.
  public var bytesRead = 0
  /// Bytes of all files, as stored; nil where one is a pipe.
  public var totalBytes: Int?
  /// Seconds that the reading thread spent on reading and inflating.
  public var readSeconds = 0.0
  /// Seconds of parsing, encoding and shuffling, or of reading encoded rows, on their thread.
  public var encodeSeconds = 0.0
  /// Bad rows skipped so far.
  public var badRows = BadRows()
  /// What was found in the rows read so far; of a scan, nothing.
  public var findings = RowFindings()

  /// The start of a pass.
  public init() {}

  init(
    rows: Int, bytesRead: Int, totalBytes: Int?, readSeconds: Double, encodeSeconds: Double,
    badRows: BadRows, findings: RowFindings = RowFindings()
  ) {
    self.rows = rows
    self.bytesRead = bytesRead
    self.totalBytes = totalBytes
    self.readSeconds = readSeconds
    self.encodeSeconds = encodeSeconds
    self.badRows = badRows
    self.findings = findings
  }
}

/// The batches of one pass over the data, read, inflated, parsed and encoded on background threads.
///
/// One consumer calls `next`. Releasing the stream ends its threads.
public final class BatchStream {
  /// The share of the negatives that these rows still have; 1 unless they were sampled.
  public let negativeRate: Double

  private let pass: any RowPass
  private let filler: BatchFiller
  private let thread: BackgroundThread
  private var current: EncodedBatch?
  private var rows = 0

  /// The number of batches in flight: one is being filled, one is in use, the others are queued.
  ///
  /// About 32,000 rows, at least four batches: each side can continue while the other waits.
  public static func batchesInFlight(batchSize: Int) -> Int {
    max(4, min(64, (1 << 15) / batchSize))
  }

  /// Starts a pass over the rows that messages call `name`.
  init(
    _ pass: any RowPass, name: String, schema: [FieldSchema], batchSize: Int,
    carriedColumns: Int = 0, weighted: Bool, negativeRate: Double
  ) throws {
    let filler = BatchFiller(
      schema, batchSize: batchSize, carriedColumns: carriedColumns, weighted: weighted)
    self.negativeRate = negativeRate
    self.pass = pass
    self.filler = filler
    thread = try BackgroundThread { filler.run(pass, name: name) }
  }

  deinit {
    pass.cancel()
    filler.cancel()
    thread.join()
  }

  /// The next batch, valid until the following call; nil after the last one.
  ///
  /// Throws the error that stopped the pass (`DataFailure`, `FileFailure`), after the last batch.
  public func next() throws -> EncodedBatch? {
    if let current { filler.free.push(current) }
    current = filler.ready.pop()
    if let current {
      rows += current.rows
    } else if let failure = filler.failure {
      throw failure
    }
    return current
  }

  /// The progress of the pass.
  ///
  /// Reading is ahead of the rows delivered: a shuffle and the queues hold the rows between.
  public var progress: ReadingProgress {
    let read = pass.read
    let delivered = min(1, Double(rows) / Double(max(read.rows, 1)))
    return ReadingProgress(
      rows: rows, bytesRead: Int(Double(read.bytes) * delivered), totalBytes: pass.totalBytes,
      readSeconds: pass.readSeconds, encodeSeconds: filler.seconds, badRows: pass.badRows,
      findings: pass.findings)
  }
}
