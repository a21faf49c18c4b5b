import CZlib

/// Compresses bytes into one gzip member at a time, in memory.
///
/// Consecutive members in a file are one gzip file (RFC 1952, section 2.2), so that different
/// threads can compress parts of a file. The header has no time stamp.
public final class GzipEncoder {
  // zlib keeps a pointer to the stream, so that it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var output: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0

  /// Makes an encoder; `level` is zlib's, from 1, the fastest, to 9.
  public init(level: Int32 = 1) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    capacity = 1 << 16
    output = .allocate(capacity: capacity)
    let status = deflateInit2_(
      stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "GzipEncoder: zlib refused to start, status \(status)")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Starts a new member and drops the bytes of the previous one.
  public func begin() {
    deflateReset(stream)
    count = 0
  }

  /// Compresses bytes into the current member.
  public func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count > 0 else { return }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
    stream.pointee.avail_in = UInt32(bytes.count)
    repeat { deflateOnce(Z_NO_FLUSH) } while stream.pointee.avail_in > 0
  }

  /// Ends the member.
  public func finish() { while deflateOnce(Z_FINISH) != Z_STREAM_END {} }

  /// The bytes of the current member so far, complete after `finish`, valid until the next call.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: output, count: count) }

  @discardableResult
  private func deflateOnce(_ flush: Int32) -> Int32 {
    if count == capacity { grow() }
    stream.pointee.next_out = output + count
    stream.pointee.avail_out = UInt32(min(capacity - count, 1 << 30))
    let before = stream.pointee.avail_out
    let status = deflate(stream, flush)
    precondition(
      status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR,
      "GzipEncoder: zlib failed with status \(status)")
    count += Int(before - stream.pointee.avail_out)
    return status
  }

  private func grow() {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity)
    larger.update(from: output, count: count)
    output.deallocate()
    output = larger
    capacity *= 2
  }
}
