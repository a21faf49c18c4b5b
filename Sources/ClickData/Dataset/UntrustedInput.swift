import Platform

/// Reads bytes of any origin as data sets do, without threads: the entry point for fuzzing.
///
/// One caller at a time may use it.
package final class UntrustedInput: @unchecked Sendable {
  private let settings: DatasetSettings
  private let format: TextFormat
  private let sink: CheckingSink

  /// Prepares to read under settings; every id is checked against its table.
  package init(settings: DatasetSettings, encoder: FittedEncoder) {
    self.settings = settings
    format = TextFormat(
      settings, label: encoder.label, fields: encoder.fields.map { ($0.name, $0.sequence) })
    sink = CheckingSink(encoder)
  }

  /// Reads a text and returns the number of good rows; throws what a pass over a file would throw.
  package func rows(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    let reader = RowReader(
      chunks: ChunkReader(paths: []), paths: [], format: format, sampler: nil,
      ledger: RowLedger(settings, split: "dataset.train"))
    sink.rows = 0
    try reader.run(TextChunk(copying: bytes), named: "memory", sink)
    return sink.rows
  }

  /// Decompresses a file and returns the number of bytes, at most about `limit`.
  package static func decompressedSize(of path: String, limit: Int) throws -> Int {
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 14)
    defer { output.deallocate() }
    do throws(ReadFailure) {
      let source = try ByteSource(path: path) { false }
      var size = 0
      while size < limit {
        let count = try source.read(into: output)
        guard count > 0 else { break }
        size += count
      }
      return size
    } catch {
      throw error.failure(path: path, lastRow: 0)
    }
  }

  /// Reads encoded rows under a manifest whose seal is not verified, as it rejects most inputs.
  package static func cachedRows(
    of schema: [FieldSchema], manifest: UnsafeBufferPointer<UInt8>, path: String
  ) throws -> Int {
    let cache = try EncodedCache(
      path, manifest: CacheManifest(unsealed: Array(manifest)),
      layout: CacheLayout(RecordLayout(schema)))
    var rows = 0
    try cache.blocks { _, count in
      rows += count
      return true
    }
    return rows
  }
}

/// Encodes rows, drops them, and traps where an id is outside its table.
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
    for (field, table) in schema.enumerated() where table.kind != .sequence {
      precondition(
        record[field] < table.rows,
        "UntrustedInput: id \(record[field]) in a table of \(table.rows) rows")
    }
    for sequence in encoder.layout.sequences { check(sequence, schema[sequence.field].rows) }
    rows += 1
    return nil
  }

  private func check(_ sequence: RecordLayout.Sequence, _ rows: Int) {
    let count = Int(record[sequence.field])
    precondition(1...sequence.maxValues ~= count, "UntrustedInput: a sequence of \(count) values")
    for value in 0..<count {
      precondition(
        record[sequence.idWord + value] < rows, "UntrustedInput: an id in a table of \(rows) rows")
      precondition(
        Float(bitPattern: record[sequence.weightWord + value]).isFinite, "UntrustedInput: a weight")
    }
  }

  func pause(after seconds: Double) -> Bool { true }
}
