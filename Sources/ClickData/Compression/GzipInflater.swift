import CLibDeflate
import CZlib

#if ISAL
  import CISAL
#endif

#if ISAL
  /// The inflater used for files.
  typealias GzipInflater = ISALInflater
#else
  /// The inflater used for files.
  typealias GzipInflater = ZlibInflater
#endif

/// zlib's inflater with libdeflate's checksums, which are three times as fast as zlib's own.
///
/// `z_stream` stays at one address, because zlib keeps a pointer to it.
final class ZlibInflater: Decompressor {
  /// The part of a member that is being read.
  private enum Part { case header, body }

  private let stream: UnsafeMutablePointer<z_stream>
  private var part = Part.header
  private var checksum: UInt32 = 0
  /// The last eight bytes read, the earliest in the lowest bits.
  private var lastRead: UInt64 = 0

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A window of 15 bits; adding 16 selects the gzip wrapper alone.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "ZlibInflater: zlib refused to start, status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func reset() {
    inflateReset(stream)
    // zlib verifies the header; the rest is verified here.
    inflateValidate(stream, 1)
    part = .header
    checksum = 0
  }

  func decompress(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Decompressed {
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(input.count)
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let status = inflatePart()
    let read = input.count - Int(stream.pointee.avail_in)
    let written = output.count - Int(stream.pointee.avail_out)
    for byte in input[max(0, read - 8)..<read] { lastRead = lastRead >> 8 | UInt64(byte) << 56 }
    checksum = libdeflate_crc32(checksum, output.baseAddress, written)
    return Decompressed(read: read, written: written, outcome: outcome(of: status))
  }

  /// Inflates up to the end of the header, the input or the output, and returns zlib's status.
  private func inflatePart() -> Int32 {
    guard part == .header else { return CZlib.inflate(stream, Z_NO_FLUSH) }
    let status = CZlib.inflate(stream, Z_BLOCK)
    // The bit that zlib sets before the first block.
    if stream.pointee.data_type & 128 != 0 {
      inflateValidate(stream, 0)
      part = .body
    }
    return status
  }

  private func outcome(of status: Int32) -> Decompressed.Outcome {
    switch status {
    case Z_OK, Z_BUF_ERROR: .more
    case Z_STREAM_END: trailerOutcome
    default:
      .corrupt(reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)")
    }
  }

  /// Compares the trailer, a member's last eight bytes, with the checksum and length of the output.
  private var trailerOutcome: Decompressed.Outcome {
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

#if ISAL
  /// Intel ISA-L's inflater: two to three times as fast as zlib's, with the same checks.
  final class ISALInflater: Decompressor {
    private let state: UnsafeMutablePointer<inflate_state>

    init() {
      state = .allocate(capacity: 1)
      isal_inflate_init(state)
      // The gzip wrapper, with its checksum and length verified.
      state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }

    deinit { state.deallocate() }

    func reset() { isal_inflate_reset(state) }

    func decompress(
      _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Decompressed {
      state.pointee.next_in = input.baseAddress
      state.pointee.avail_in = UInt32(input.count)
      state.pointee.next_out = output.baseAddress
      state.pointee.avail_out = UInt32(output.count)
      let status = isal_inflate(state)
      return Decompressed(
        read: input.count - Int(state.pointee.avail_in),
        written: output.count - Int(state.pointee.avail_out),
        outcome: outcome(of: status))
    }

    private func outcome(of status: Int32) -> Decompressed.Outcome {
      switch status {
      case ISAL_DECOMP_OK, ISAL_END_INPUT:
        state.pointee.block_state == ISAL_BLOCK_FINISH ? .memberEnd : .more
      case ISAL_INVALID_BLOCK: .corrupt(reason: "invalid block")
      case ISAL_INVALID_SYMBOL: .corrupt(reason: "invalid symbol")
      case ISAL_INVALID_LOOKBACK: .corrupt(reason: "invalid distance too far back")
      case ISAL_INVALID_WRAPPER: .corrupt(reason: "incorrect header check")
      case ISAL_UNSUPPORTED_METHOD: .corrupt(reason: "unknown compression method")
      case ISAL_INCORRECT_CHECKSUM: .corrupt(reason: "incorrect data check")
      default: .corrupt(reason: "ISA-L status \(status)")
      }
    }
  }
#endif
