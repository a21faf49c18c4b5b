import Platform

/// How encoded rows lie in a file: one structured array of numpy's, a record a row.
struct CacheLayout {
  private let record: RecordLayout

  init(_ record: RecordLayout) { self.record = record }

  /// Words of a record.
  var words: Int { record.words }
  /// Bytes of a record.
  var recordBytes: Int { record.bytes }
  /// Rows that are hashed, written and read together: about a megabyte.
  var blockRows: Int { max(1, (1 << 20) / recordBytes) }

  /// The bytes before the first record.
  func header(rows: Int) -> [UInt8] {
    let columns = record.columns.map { column in
      let shape = column.count.map { ", (\($0),)" } ?? ""
      return "(\(NpyHeader.literal(column.name)), '\(column.type)'\(shape))"
    }
    return NpyHeader.bytes(type: "[\(columns.joined(separator: ", "))]", shape: [rows])
  }
}

/// The checksum of rows that are hashed block by block.
struct BlockChecksum {
  /// Of the blocks so far.
  private(set) var hashes: [UInt64] = []

  /// Adds the next block.
  mutating func add(_ block: UnsafeRawBufferPointer) { hashes.append(ContentHash.of(block)) }

  /// XXH3-64 of the blocks' hashes, as 16 hexadecimal digits.
  var value: String {
    ContentHash.text(hashes.map(\.littleEndian).withUnsafeBytes { ContentHash.of($0) })
  }
}
