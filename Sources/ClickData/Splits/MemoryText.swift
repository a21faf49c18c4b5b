import Platform

/// Rows and gzip data that are in memory or in one small file, read as those of a data set are.
///
/// What feeds bytes that nobody would write to the readers stands on it: no threads, nothing kept between calls.
package enum MemoryText {
  /// Reads a text under settings and says how many rows were good; throws what a pass over a file would throw.
  ///
  /// Every id is checked against its table.
  package static func rows(
    _ bytes: UnsafeBufferPointer<UInt8>, settings: DatasetSettings, encoder: FittedEncoder
  ) throws -> Int {
    let reader = RowReader(
      chunks: ChunkReader(paths: []), paths: [],
      format: TextFormat(
        format: settings.format, delimiter: settings.delimiterByte, label: encoder.label,
        fields: encoder.fields.map(\.name)), sampler: nil, badRows: BadRowLedger(settings))
    let sink = CheckingSink(encoder)
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
  private(set) var rows = 0
  private let encoder: RowEncoder
  private let tables: [Int]
  private let record: UnsafeMutablePointer<UInt32>

  init(_ fitted: FittedEncoder) {
    encoder = RowEncoder(fitted)
    tables = fitted.schema.map(\.rows)
    record = .allocate(capacity: encoder.layout.words)
    record.initialize(repeating: 0, count: encoder.layout.words)
  }

  deinit { record.deallocate() }

  func begin(_ layout: FileLayout) { encoder.begin(layout) }

  func take(_ columns: ColumnTable, position: UInt64) -> RowFault? {
    if let fault = encoder.encode(columns, position: position, into: record) { return fault }
    for (field, table) in tables.enumerated() {
      precondition(
        record[field] < table, "MemoryText: id \(record[field]) in a table of \(table) rows")
    }
    rows += 1
    return nil
  }

  func pause(after seconds: Double) -> Bool { true }
}
