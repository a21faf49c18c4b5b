import CZlib

/// zlib's inflater for gzip members; `z_stream` stays at one address, because zlib points back at it.
final class GzipInflater {
  /// How a call to `inflate` ended.
  enum Outcome {
    /// It wants more input or more room.
    case more
    /// A member ended, and its checksum and length were right.
    case memberEnd
    /// The bytes are no gzip data.
    case corrupt(reason: String)
  }

  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window; 16 more ask for the gzip wrapper alone, with its checksum verified.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "GzipInflater: zlib refused to start, status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Prepares for the next member.
  func reset() { inflateReset(stream) }

  /// Inflates from `input` into `output`; says how many bytes of each were used.
  func inflate(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> (read: Int, written: Int, outcome: Outcome) {
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    let read = input.count - Int(stream.pointee.avail_in)
    let written = output.count - Int(stream.pointee.avail_out)
    switch status {
    case Z_OK, Z_BUF_ERROR: return (read, written, .more)
    case Z_STREAM_END: return (read, written, .memberEnd)
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
      return (read, written, .corrupt(reason: reason))
    }
  }
}
