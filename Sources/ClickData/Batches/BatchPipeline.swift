import Platform

/// The encoding stage of a pass: takes rows, orders them, and fills batches that the trainer gives back.
///
/// The encoding thread runs it; `ready`, `free` and what `monitor` guards are shared with the consumer.
final class BatchPipeline: RowSink {
  /// Batches in flight: one is filled, one is used, two wait.
  private static let batches = 4

  let ready = BoundedQueue<EncodedBatch>(capacity: BatchPipeline.batches)
  let free = BoundedQueue<EncodedBatch>(capacity: BatchPipeline.batches)
  private let monitor = Monitor()
  // Guarded by `monitor`.
  private var failed: (any Error)?
  private var busySeconds = 0.0

  // Of the encoding thread.
  private let encoder: RowEncoder
  private let block: RecordBlock
  private let shuffle: RowShuffle?
  private let record: UnsafeMutablePointer<UInt32>
  private var batch: EncodedBatch?
  private var waited = 0.0
  private var hasRows = false

  init(_ encoder: FittedEncoder, batchSize: Int, order: RowOrder) {
    self.encoder = RowEncoder(encoder)
    block = RecordBlock(self.encoder)
    record = .allocate(capacity: self.encoder.words)
    record.initialize(repeating: 0, count: self.encoder.words)
    switch order {
    case .stored: shuffle = nil
    case .shuffled(let seed, let epoch, let bufferRows):
      shuffle = RowShuffle(
        words: self.encoder.words, capacity: bufferRows, seed: seed, epoch: epoch)
    }
    let schema = encoder.schema
    for _ in 0..<Self.batches { free.push(EncodedBatch(capacity: batchSize, schema: schema)) }
  }

  deinit { record.deallocate() }

  /// Runs the stage to the end of the pass; whatever stops it is kept for the consumer.
  func run(_ reader: RowReader, name: String) {
    do {
      batch = free.pop()
      try reader.run(self)
      let watch = Stopwatch()
      shuffle?.drain(append)
      finishBatch()
      addBusy(watch.seconds)
      guard hasRows else { throw DataFailure.noRows(of: name) }
    } catch {
      monitor.locked { failed = error }
    }
    ready.finish()
  }

  /// What stopped the stage, if something did.
  var failure: (any Error)? { monitor.locked { failed } }

  /// Seconds spent on work, waiting excluded.
  var seconds: Double { monitor.locked { busySeconds } }

  /// Ends both sides at once.
  func cancel() {
    ready.cancel()
    free.cancel()
  }

  func begin(_ layout: FileLayout) { encoder.begin(layout) }

  @inline(__always)
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    if let fault = encoder.encode(columns, position: position, into: record) { return fault }
    if let shuffle {
      shuffle.insert(record, displacing: append)
    } else {
      append(record)
    }
    return nil
  }

  func pause(after seconds: Double) -> Bool {
    addBusy(seconds)
    return batch != nil
  }

  @inline(__always)
  private func append(_ record: UnsafePointer<UInt32>) {
    hasRows = true
    // There is no batch once the consumer has gone.
    guard let batch, block.append(record, to: batch) else { return }
    handOver(batch)
  }

  private func handOver(_ full: EncodedBatch) {
    let watch = Stopwatch()
    batch = ready.push(full) ? free.pop() : nil
    batch?.rows = 0
    waited += watch.seconds
  }

  private func finishBatch() {
    guard let batch else { return }
    block.flush(to: batch)
    if batch.rows > 0 { ready.push(batch) }
  }

  private func addBusy(_ seconds: Double) {
    monitor.locked { busySeconds += seconds - waited }
    waited = 0
  }
}
