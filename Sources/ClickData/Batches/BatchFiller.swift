import Platform

/// Where a pass writes its records, one after another.
protocol RecordPlaces: AnyObject {
  /// Where to write the next record; one that is not kept is overwritten.
  var place: UnsafeMutablePointer<UInt32> { get }
  /// Keeps the record at `place`.
  func keep()
}

/// One pass over the rows of a split, from wherever they are stored.
protocol RowPass: AnyObject {
  /// Bytes of all files, as stored; nil where one is a pipe.
  var totalBytes: Int? { get }
  /// Seconds that reading the files took so far.
  var readSeconds: Double { get }
  /// Good rows read so far, about, and the bytes of the files from which they were read.
  var read: (rows: Int, bytes: Int) { get }
  /// Bad rows skipped so far.
  var badRows: BadRows { get }
  /// What the good rows so far have in common; of a cache, all of them.
  var findings: RowFindings { get }
  /// Appends every row to `filler`, in order, until the end or until the consumer stops.
  func run(into filler: BatchFiller) throws
  /// Called after all rows were appended and the last batch was delivered.
  func finish()
  func cancel()
}

/// The last stage of a pass: fills batches with records in their final order, and reuses batches.
///
/// The thread of the pass appends; the consumer shares `ready`, `free` and what `monitor` guards.
final class BatchFiller: RecordPlaces {
  let ready: BoundedQueue<EncodedBatch>
  let free: BoundedQueue<EncodedBatch>
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var failed: (any Error)?
  private var busySeconds = 0.0

  // Of the thread that appends.
  private let block: RecordBlock
  private let words: Int
  private var batch: EncodedBatch?
  private var waited = 0.0
  private var hasRows = false

  init(_ schema: [FieldSchema], batchSize: Int, carriedColumns: Int = 0, weighted: Bool) {
    let layout = RecordLayout(schema, weighted: weighted)
    block = RecordBlock(layout)
    words = layout.words
    let batches = BatchStream.batchesInFlight(batchSize: batchSize)
    ready = BoundedQueue(capacity: batches)
    free = BoundedQueue(capacity: batches)
    for _ in 0..<batches {
      free.push(
        EncodedBatch(
          capacity: batchSize, schema: schema, weighted: weighted, carriedColumns: carriedColumns))
    }
  }

  /// Runs a pass to its end; keeps an error for the consumer.
  func run(_ pass: any RowPass, name: String) {
    do {
      batch = free.pop()
      try pass.run(into: self)
      finish()
      guard hasRows else { throw DataFailure.noRows(of: name) }
      pass.finish()
    } catch {
      monitor.locked { failed = error }
    }
    ready.finish()
  }

  var failure: (any Error)? { monitor.locked { failed } }

  /// Seconds of work, without waiting.
  var seconds: Double { monitor.locked { busySeconds } }

  /// Whether the consumer still takes batches.
  var isOpen: Bool { batch != nil }

  func cancel() {
    ready.cancel()
    free.cancel()
  }

  @inline(__always)
  var place: UnsafeMutablePointer<UInt32> { block.place }

  @inline(__always)
  func keep() {
    hasRows = true
    // There is no batch once the consumer has gone.
    guard let batch, block.keep(for: batch) else { return }
    handOver(batch)
  }

  /// Appends the texts of the row that is kept next, which no shuffle may move.
  func carry(_ texts: CarriedTexts) { batch?.texts?.append(texts) }

  /// Appends the next row of the pass.
  @inline(__always)
  func append(_ record: UnsafePointer<UInt32>) {
    place.update(from: record, count: words)
    keep()
  }

  /// Appends the next rows of the pass, whose records are contiguous.
  func append(_ records: UnsafePointer<UInt32>, _ count: Int) {
    hasRows = hasRows || count > 0
    var done = 0
    while let batch, done < count {
      let rows = min(RecordBlock.rows, count - done, batch.capacity - batch.rows)
      block.write(records + done * words, rows, to: batch)
      done += rows
      if batch.rows == batch.capacity { handOver(batch) }
    }
  }

  /// Adds seconds of work, less those spent waiting for the consumer since the last call.
  func addBusy(_ seconds: Double) {
    monitor.locked { busySeconds += seconds - waited }
    waited = 0
  }

  private func handOver(_ full: EncodedBatch) {
    let watch = Stopwatch()
    batch = ready.push(full) ? free.pop() : nil
    batch?.rows = 0
    batch?.texts?.removeAll()
    waited += watch.seconds
  }

  private func finish() {
    guard let batch else { return }
    block.flush(to: batch)
    if batch.rows > 0 { ready.push(batch) }
  }
}
