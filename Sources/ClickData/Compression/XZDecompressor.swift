import CLZMA

/// liblzma's decoder, of one stream at a time.
///
/// `lzma_stream` stays at one address, because liblzma keeps a pointer to it.
final class XZDecompressor: Decompressor {
  /// The dictionary, and what liblzma needs beside it.
  private static let memoryLimit = UInt64(Compression.maxWindow + (1 << 20))

  private let stream: UnsafeMutablePointer<lzma_stream>

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: lzma_stream())
    reset()
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
  }

  /// Memory of the last stream is used again.
  func reset() {
    let status = lzma_stream_decoder(stream, Self.memoryLimit, 0)
    precondition(status == LZMA_OK, "XZDecompressor: liblzma refused to start, status \(status)")
  }

  func decompress(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Decompressed {
    stream.pointee.next_in = UnsafePointer(input.baseAddress)
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = output.count
    let status = lzma_code(stream, LZMA_RUN)
    return Decompressed(
      read: input.count - stream.pointee.avail_in,
      written: output.count - stream.pointee.avail_out, outcome: outcome(of: status))
  }

  private func outcome(of status: lzma_ret) -> Decompressed.Outcome {
    switch status {
    // A second call without input or room is no progress, and no error.
    case LZMA_OK, LZMA_BUF_ERROR: .more
    case LZMA_STREAM_END: .memberEnd
    case LZMA_MEMLIMIT_ERROR: .windowTooLarge
    case LZMA_MEM_ERROR: .noMemory
    case LZMA_FORMAT_ERROR: .corrupt(reason: "incorrect header check")
    case LZMA_DATA_ERROR: .corrupt(reason: "incorrect data check")
    case LZMA_OPTIONS_ERROR: .corrupt(reason: "unknown filter or option")
    default: .corrupt(reason: "liblzma status \(status.rawValue)")
    }
  }
}
