import CZstd

/// libzstd's streaming decoder, which is given one block of a frame at a time.
///
/// After an error libzstd does not report what it wrote before: with whole blocks, that is nothing.
final class ZstdDecompressor: Decompressor {
  /// The bytes from which libzstd can tell how long a frame's header is.
  private static let headerStart = 5

  private let context: OpaquePointer
  /// The bytes up to the end of the next block, or of its header.
  private var wanted = ZstdDecompressor.headerStart

  init() {
    guard let context = ZSTD_createDCtx() else {
      preconditionFailure("ZstdDecompressor: no memory for a context")
    }
    self.context = context
    let bits = Int32(Compression.maxWindow.trailingZeroBitCount)
    let status = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, bits)
    precondition(ZSTD_isError(status) == 0, "ZstdDecompressor: a window of \(bits) bits")
  }

  deinit { ZSTD_freeDCtx(context) }

  func reset() {
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    wanted = Self.headerStart
  }

  func decompress(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Decompressed {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: min(input.count, wanted), pos: 0)
    var destination = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(context, &destination, &source)
    wanted = status
    return Decompressed(
      read: source.pos, written: destination.pos, outcome: outcome(of: status))
  }

  private func outcome(of status: Int) -> Decompressed.Outcome {
    guard ZSTD_isError(status) != 0 else { return status == 0 ? .memberEnd : .more }
    switch ZSTD_getErrorCode(status) {
    case ZSTD_error_frameParameter_windowTooLarge: return .windowTooLarge
    case ZSTD_error_memory_allocation: return .noMemory
    default: return .corrupt(reason: String(cString: ZSTD_getErrorName(status)).lowercased())
    }
  }
}
