import Glibc
import Platform

/// The layout of a file of encoded rows: one structured array of numpy, with one record per row.
struct CacheLayout {
  private let record: RecordLayout

  init(_ record: RecordLayout) { self.record = record }

  var words: Int { record.words }
  var recordBytes: Int { record.bytes }
  /// Rows that are hashed, written and read together: about a megabyte.
  var blockRows: Int { max(1, (1 << 20) / recordBytes) }

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
  private(set) var hashes: [UInt64] = []

  mutating func add(_ block: UnsafeRawBufferPointer) { hashes.append(ContentHash.of(block)) }

  /// XXH3-64 of the blocks' hashes, as 16 hexadecimal digits.
  var value: String {
    ContentHash.text(hashes.map(\.littleEndian).withUnsafeBytes { ContentHash.of($0) })
  }
}

/// An open file of encoded rows, parts of which are read into the caller's memory.
///
/// It is not mapped, because truncating a mapped file ends the process, while a read reports it.
final class RowFile {
  private let path: String
  private let descriptor: Int32
  private let stamp: FileStamp

  init(_ path: String) throws(FileFailure) {
    self.path = path
    let (descriptor, status) = try RegularFile.open(path)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    self.descriptor = descriptor
    stamp = FileStamp(regular: status)
  }

  deinit { close(descriptor) }

  /// Its size when it was opened.
  var bytes: Int { stamp.bytes }

  /// Whether nothing was written to it since it was opened.
  var isUnwritten: Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, let now = FileStamp(status) else { return false }
    return now.isUnwritten(since: stamp)
  }

  /// Fills `buffer` with the bytes from `offset` on; false where the file ends too early.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileFailure) -> Bool {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .last("read", path) }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
