import CZlib
import Foundation

/// zlib alone on one thread: inflates a file into a buffer that is not read.
enum InflateAlone {
  /// Inflates all members of a gzip file and returns the number of bytes.
  static func run(_ path: String) throws -> Int {
    let data = try Data(contentsOf: URL(filePath: path))
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 20)
    defer { buffer.deallocate() }
    return data.withUnsafeBytes { bytes in
      var stream = z_stream()
      inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      defer { inflateEnd(&stream) }
      stream.next_in = UnsafeMutablePointer(
        mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
      stream.avail_in = UInt32(bytes.count)
      var total = 0
      while stream.avail_in > 0 {
        stream.next_out = buffer
        stream.avail_out = 1 << 20
        let status = inflate(&stream, Z_NO_FLUSH)
        total += (1 << 20) - Int(stream.avail_out)
        if status == Z_STREAM_END { inflateReset(&stream) }
        guard status == Z_OK || status == Z_STREAM_END else { break }
      }
      return total
    }
  }
}
