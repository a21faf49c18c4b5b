import Platform

/// Takes the rows of one pass over the files.
protocol RowSink: AnyObject {
  /// The following rows come from a file of this layout.
  func begin(_ layout: FileLayout)
  /// Takes one row, or returns what is wrong with it and takes nothing.
  func take(_ columns: ColumnTable, position: UInt64) -> RowFault?
  /// Called after every chunk; false ends the pass.
  func pause(after seconds: Double) throws -> Bool
}

/// Turns the chunks of one pass into rows: lines, headers, splits, columns, and bad rows.
///
/// A row's position counts the rows of its split from 0, including bad ones, without blank lines.
final class RowReader {
  /// How many chunks, of about a megabyte, are searched for damage after a bad row.
  private static let damageChunks = 256

  private let chunks: ChunkReader
  private let paths: [String]
  private let format: TextFormat
  private var sampler: SplitSampler?
  private let order: RowOrderColumn?
  private let ledger: RowLedger

  // Of the current file.
  private var splitter: LineSplitter?
  private var path = ""
  private var line = 0
  private var hasText = false
  private var position: UInt64 = 0

  init(
    chunks: ChunkReader, paths: [String], format: TextFormat, sampler: SplitSampler?,
    order: RowOrderColumn? = nil, ledger: RowLedger
  ) {
    self.chunks = chunks
    self.paths = paths
    self.format = format
    self.sampler = sampler
    self.order = order
    self.ledger = ledger
  }

  /// Gives every row to `sink`, in the order of files and lines.
  func run<Sink: RowSink>(_ sink: Sink) throws {
    while let chunk = chunks.next() {
      let watch = Stopwatch()
      if chunk.startsFile { try beginFile(paths[chunk.file], sink) }
      do {
        try read(chunk, sink)
      } catch let failure as DataFailure where failure.concernsRow {
        throw damage(from: chunk) ?? failure
      }
      if let failure = chunk.failure { throw failure.failure(path: path, lastRow: line) }
      if chunk.endsFile, !hasText { throw DataFailure.emptyFile(path: path) }
      ledger.advance(rows: Int(position), bytes: chunk.storedBytes)
      guard try sink.pause(after: watch.seconds) else { return }
    }
    try ledger.judge()
  }

  /// The damage of a file that may explain a bad row; nil where the next megabytes are sound.
  ///
  /// A member's checksum comes last, so that damage often shows first as a row that makes no sense.
  private func damage(from chunk: TextChunk) -> (any Error)? {
    let file = chunk.file
    var next: TextChunk? = chunk
    for _ in 0..<Self.damageChunks {
      guard let chunk = next, chunk.file == file else { return nil }
      if let found = chunk.failure {
        return found.isDamage ? found.failure(path: path, lastRow: line - 1) : nil
      }
      if chunk.endsFile { return nil }
      next = chunks.next()
    }
    return nil
  }

  /// Gives every row of a file that is in memory to `sink`.
  func run<Sink: RowSink>(_ text: TextChunk, named path: String, _ sink: Sink) throws {
    try beginFile(path, sink)
    try read(text, sink)
    guard hasText else { throw DataFailure.emptyFile(path: path) }
  }

  private func beginFile<Sink: RowSink>(_ path: String, _ sink: Sink) throws {
    self.path = InputPaths.displayName(path)
    line = 0
    hasText = false
    splitter = nil
    sampler?.begin(path: path)
    if let layout = try format.layout(path: path) { try use(layout, sink) }
  }

  @discardableResult
  private func use<Sink: RowSink>(_ layout: FileLayout, _ sink: Sink) throws -> LineSplitter {
    try order?.begin(layout, path: path, line: line)
    let splitter = LineSplitter(layout, format.values)
    self.splitter = splitter
    sink.begin(layout)
    return splitter
  }

  private func read<Sink: RowSink>(_ chunk: TextChunk, _ sink: Sink) throws {
    var lines = try LineCursor(chunk, of: path)
    var current = splitter
    while let text = lines.line() {
      line &+= 1
      guard !text.isEmpty else { continue }
      hasText = true
      if current == nil {
        let layout = try format.layout(first: text, path: path, line: line)
        current = try use(layout, sink)
        if layout.hasHeader { continue }
      }
      guard let splitter = current else { continue }
      // A row of another number of columns decides nothing about the next ones.
      if splitter.layout.unlabelledColumnCount != nil { current = nil }
      if let sampler, !sampler.contains(line: line) { continue }
      var fault = splitter.split(text)
      if let order {
        if fault == nil {
          let isIn = order.contains(splitter.columns)
          if isIn == false { continue }
          if isIn == nil { fault = order.fault }
        }
        if fault != nil, !order.hasUnknownRows { continue }
      }
      if let fault = fault ?? sink.take(splitter.columns, position: position) {
        if let names = splitter.repeatedHeader(fault) {
          guard names != splitter.layout.columnNames else { continue }
          let layout = try format.layout(
            repeating: names, after: splitter.layout, path: path, line: line)
          current = try use(layout, sink)
          continue
        }
        try ledger.record(failure(fault, in: text, splitter), rows: Int(position) + 1)
      }
      position &+= 1
    }
  }

  private func failure(
    _ fault: RowFault, in text: UnsafeMutableBufferPointer<UInt8>, _ splitter: LineSplitter
  ) -> DataFailure {
    if line == 1, !splitter.layout.hasHeader,
      let failure = format.unexpectedHeader(text, path: path, line: line)
    {
      return failure
    }
    return splitter.layout.failure(fault, path: path, line: line, columns: splitter.columns)
  }
}
