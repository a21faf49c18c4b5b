import CLibDeflate
import CZlib

/// zlib's inflater, with checksums of libdeflate: three times as fast as zlib's, which take 8 % of its time.
///
/// `z_stream` stays at one address, because zlib points back at it.
final class ZlibInflater: GzipInflater {
  /// How far a member has come.
  private enum Part { case header, body }

  private let stream: UnsafeMutablePointer<z_stream>
  private var part = Part.header
  private var checksum: UInt32 = 0
  /// The last eight bytes read, the first of them lowest.
  private var lastRead: UInt64 = 0

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window; 16 more ask for the gzip wrapper alone.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "ZlibInflater: zlib refused to start, status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func reset() {
    inflateReset(stream)
    // Of the header; the rest is verified here.
    inflateValidate(stream, 1)
    part = .header
    checksum = 0
  }

  func inflate(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Inflated {
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let status = inflatePart()
    let read = input.count - Int(stream.pointee.avail_in)
    let written = output.count - Int(stream.pointee.avail_out)
    for byte in input[max(0, read - 8)..<read] { lastRead = lastRead >> 8 | UInt64(byte) << 56 }
    checksum = libdeflate_crc32(checksum, output.baseAddress, written)
    return Inflated(read: read, written: written, outcome: outcome(of: status))
  }

  /// Inflates up to the end of the header, or as far as input and output go, and returns zlib's status.
  private func inflatePart() -> Int32 {
    guard part == .header else { return CZlib.inflate(stream, Z_NO_FLUSH) }
    let status = CZlib.inflate(stream, Z_BLOCK)
    // The bit zlib sets where it stands before the first block.
    if stream.pointee.data_type & 128 != 0 {
      inflateValidate(stream, 0)
      part = .body
    }
    return status
  }

  private func outcome(of status: Int32) -> Inflated.Outcome {
    switch status {
    case Z_OK, Z_BUF_ERROR: .more
    case Z_STREAM_END: trailerOutcome
    default:
      .corrupt(reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)")
    }
  }

  /// Whether the trailer, a member's last eight bytes, holds the checksum and the length of what was inflated.
  private var trailerOutcome: Inflated.Outcome {
    guard UInt32(truncatingIfNeeded: lastRead) == checksum else {
      return .corrupt(reason: "incorrect data check")
    }
    let length = UInt32(truncatingIfNeeded: stream.pointee.total_out)
    guard UInt32(truncatingIfNeeded: lastRead >> 32) == length else {
      return .corrupt(reason: "incorrect length check")
    }
    return .memberEnd
  }
}
