import Platform

/// Reads rows and gzip data that are in memory or in one small file, as those of a data set are read.
///
/// What feeds bytes that nobody would write to the readers stands on it: no threads, and tables made once. One caller
/// at a time may use it.
package final class MemoryText: @unchecked Sendable {
  private let settings: DatasetSettings
  private let format: TextFormat
  private let sink: CheckingSink

  /// Prepares to read under settings; every id is checked against its table.
  package init(settings: DatasetSettings, encoder: FittedEncoder) {
    self.settings = settings
    format = TextFormat(settings, label: encoder.label, fields: encoder.fields.map(\.name))
    sink = CheckingSink(encoder)
  }

  /// Reads a text and says how many rows were good; throws what a pass over a file would throw.
  package func rows(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    let reader = RowReader(
      chunks: ChunkReader(paths: []), paths: [], format: format, sampler: nil,
      badRows: BadRowLedger(settings))
    sink.rows = 0
    try reader.run(TextChunk(copying: bytes), named: "memory", sink)
    return sink.rows
  }

  /// Inflates a file to the end and says how many bytes came out, `most` of them at most.
  package static func inflatedSize(of path: String, most: Int) throws -> Int {
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 14)
    defer { output.deallocate() }
    do throws(ReadFailure) {
      let source = try ByteSource(path: path) { false }
      var size = 0
      while size < most {
        let count = try source.read(into: output)
        guard count > 0 else { break }
        size += count
      }
      return size
    } catch {
      throw error.failure(path: path, lastRow: 0)
    }
  }
}

/// Encodes rows, forgets them, and traps where an id is not one of its table.
private final class CheckingSink: RowSink {
  var rows = 0
  private let encoder: RowEncoder
  private let schema: [FieldSchema]
  private let record: UnsafeMutablePointer<UInt32>

  init(_ fitted: FittedEncoder) {
    encoder = RowEncoder(fitted)
    schema = fitted.schema
    record = .allocate(capacity: encoder.layout.words)
    record.initialize(repeating: 0, count: encoder.layout.words)
  }

  deinit { record.deallocate() }

  func begin(_ layout: FileLayout) { encoder.begin(layout) }

  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    if let fault = encoder.encode(columns, position: position, into: record) { return fault }
    for (field, table) in schema.enumerated() {
      guard table.kind != .sequence else { continue }
      precondition(
        record[field] < table.rows,
        "MemoryText: id \(record[field]) in a table of \(table.rows) rows")
    }
    for sequence in encoder.layout.sequences { check(sequence, schema[sequence.field].rows) }
    rows += 1
    return nil
  }

  private func check(_ sequence: RecordLayout.Sequence, _ rows: Int) {
    let count = Int(record[sequence.field])
    precondition(1...sequence.mostValues ~= count, "MemoryText: a sequence of \(count) values")
    for value in 0..<count {
      precondition(
        record[sequence.idWord + value] < rows, "MemoryText: an id in a table of \(rows) rows")
      precondition(
        Float(bitPattern: record[sequence.weightWord + value]).isFinite, "MemoryText: a weight")
    }
  }

  func pause(after seconds: Double) -> Bool { true }
}
