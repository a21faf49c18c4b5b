import Platform

/// The batches of one pass over the data, read, inflated, parsed and encoded on threads of their own.
///
/// One consumer calls `next`. Letting go of the stream ends its threads.
public final class BatchStream {
  private let chunks: ChunkReader
  private let pipeline: BatchPipeline
  private let badRows: BadRowLedger
  private let totalBytes: Int?
  private let threads: [BackgroundThread]
  private var current: EncodedBatch?
  private var rows = 0

  init(
    paths: [String], name: String, format: TextFormat, sampler: SplitSampler?,
    badRows: BadRowLedger, pipeline: BatchPipeline
  ) {
    let chunks = ChunkReader(paths: paths)
    let reader = RowReader(
      chunks: chunks, paths: paths, format: format, sampler: sampler, badRows: badRows)
    self.chunks = chunks
    self.pipeline = pipeline
    self.badRows = badRows
    totalBytes = InputPaths.totalBytes(paths)
    threads = [
      chunks.start(),
      BackgroundThread {
        pipeline.run(reader, name: name)
        // A failure leaves the reading thread with nobody to read for.
        chunks.cancel()
      },
    ]
  }

  deinit {
    chunks.cancel()
    pipeline.cancel()
    for thread in threads { thread.join() }
  }

  /// The next batch, valid until the following call; nil after the last one.
  ///
  /// Throws what stopped the pass (`DataFailure`, `FileFailure`) after the batches that were complete before it.
  public func next() throws -> EncodedBatch? {
    if let current { pipeline.free.push(current) }
    current = pipeline.ready.pop()
    if let current {
      rows += current.rows
    } else if let failure = pipeline.failure {
      throw failure
    }
    return current
  }

  /// How far the pass has come.
  public var progress: ReadingProgress {
    ReadingProgress(
      rows: rows, read: chunks.progress, totalBytes: totalBytes, encodeSeconds: pipeline.seconds,
      badRows: badRows)
  }
}
