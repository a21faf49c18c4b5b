import CZstd

/// libzstd's streaming encoder at its fastest level: one frame with a checksum.
final class ZstdCompressor {
  private let context: OpaquePointer
  private let output: UnsafeMutableBufferPointer<UInt8>

  init() {
    guard let context = ZSTD_createCCtx() else {
      preconditionFailure("ZstdCompressor: no memory for a context")
    }
    self.context = context
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    output = .allocate(capacity: ZSTD_CStreamOutSize())
  }

  deinit {
    ZSTD_freeCCtx(context)
    output.deallocate()
  }

  /// Compresses the next bytes, the last ones where `ends`, and passes on what there is of output.
  func compress(
    _ bytes: UnsafeBufferPointer<UInt8>, ends: Bool,
    to write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    var remaining = 1
    while input.pos < input.size || (ends && remaining > 0) {
      var chunk = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      remaining = ZSTD_compressStream2(
        context, &chunk, &input, ends ? ZSTD_e_end : ZSTD_e_continue)
      precondition(
        ZSTD_isError(remaining) == 0,
        "ZstdCompressor: \(String(cString: ZSTD_getErrorName(remaining)))")
      try write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<chunk.pos]))
    }
  }
}
