import CBzip2

/// libbz2's decoder, of one stream at a time.
///
/// `bz_stream` stays at one address, because libbz2 keeps a pointer to it.
final class Bzip2Decompressor: Decompressor {
  private let stream: UnsafeMutablePointer<bz_stream>

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
    start()
  }

  deinit {
    BZ2_bzDecompressEnd(stream)
    stream.deallocate()
  }

  func reset() {
    BZ2_bzDecompressEnd(stream)
    stream.pointee = bz_stream()
    start()
  }

  private func start() {
    // Neither messages nor the slower algorithm with less memory.
    let status = BZ2_bzDecompressInit(stream, 0, 0)
    precondition(status == BZ_OK, "Bzip2Decompressor: libbz2 refused to start, status \(status)")
  }

  func decompress(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Decompressed {
    input.withMemoryRebound(to: CChar.self) { input in
      output.withMemoryRebound(to: CChar.self) { output in
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        let status = BZ2_bzDecompress(stream)
        return Decompressed(
          read: input.count - Int(stream.pointee.avail_in),
          written: output.count - Int(stream.pointee.avail_out), outcome: outcome(of: status))
      }
    }
  }

  private func outcome(of status: Int32) -> Decompressed.Outcome {
    switch status {
    case BZ_OK: .more
    case BZ_STREAM_END: .memberEnd
    case BZ_DATA_ERROR: .corrupt(reason: "incorrect data check")
    case BZ_DATA_ERROR_MAGIC: .corrupt(reason: "incorrect header check")
    case BZ_MEM_ERROR: .noMemory
    default: .corrupt(reason: "libbz2 status \(status)")
    }
  }
}
