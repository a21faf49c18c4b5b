import Platform

/// The batches of one pass over the data, read, inflated, parsed and encoded on threads of their own.
///
/// One consumer calls `next`. Letting go of the stream ends its threads.
public final class BatchStream {
  private let pass: any RowPass
  private let filler: BatchFiller
  private let thread: BackgroundThread
  private var current: EncodedBatch?
  private var rows = 0

  /// How many batches are on their way at once: one is filled, one is used, the others wait.
  ///
  /// Some 32,000 rows, at least four batches: both sides go on while the other one waits for a core.
  public static func batchesUnderway(batchSize: Int) -> Int {
    max(4, min(64, (1 << 15) / batchSize))
  }

  /// Starts a pass over the rows that sentences call `name`.
  init(
    _ pass: any RowPass, name: String, schema: [FieldSchema], batchSize: Int
  ) {
    let filler = BatchFiller(schema, batchSize: batchSize)
    self.pass = pass
    self.filler = filler
    thread = BackgroundThread { filler.run(pass, name: name) }
  }

  deinit {
    pass.cancel()
    filler.cancel()
    thread.join()
  }

  /// The next batch, valid until the following call; nil after the last one.
  ///
  /// Throws what stopped the pass (`DataFailure`, `FileFailure`) after the batches that were complete before it.
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

  /// How far the pass has come.
  public var progress: ReadingProgress {
    ReadingProgress(
      rows: rows, read: pass.read, totalBytes: pass.totalBytes,
      encodeSeconds: filler.seconds, badRows: pass.badRows)
  }
}
