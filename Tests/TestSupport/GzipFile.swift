import CZlib

/// Gzip data for tests.
public enum GzipFile {
  /// One gzip member that inflates to `bytes`.
  public static func member(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "GzipFile: zlib refused to start, status \(status)")
    defer { deflateEnd(&stream) }
    let most = Int(deflateBound(&stream, UInt(bytes.count))) + 32
    let (member, ended) = run(&stream, bytes, most: most) { deflate(&$0, Z_FINISH) }
    precondition(ended == Z_STREAM_END, "GzipFile: deflate ended with status \(ended)")
    return member
  }

  /// What zlib, with its own checks, inflates from one member: its bytes, and where it ends unless
  /// it is damaged or truncated.
  public static func inflated(_ member: [UInt8], most: Int) -> (
    bytes: [UInt8], end: Int?, isCorrupt: Bool
  ) {
    var stream = z_stream()
    let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "GzipFile: zlib refused to start, status \(status)")
    defer { inflateEnd(&stream) }
    let (bytes, ended) = run(&stream, member, most: most) { inflate(&$0, Z_NO_FLUSH) }
    return (
      bytes, ended == Z_STREAM_END ? member.count - Int(stream.avail_in) : nil,
      ended != Z_STREAM_END && ended != Z_OK && ended != Z_BUF_ERROR
    )
  }

  /// The output of one call to zlib, of at most `most` bytes, and its status.
  private static func run(
    _ stream: inout z_stream, _ input: [UInt8], most: Int, _ call: (inout z_stream) -> Int32
  ) -> (bytes: [UInt8], status: Int32) {
    var input = input
    var output = [UInt8](repeating: 0, count: most)
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return call(&stream)
      }
    }
    return (Array(output[..<(most - Int(stream.avail_out))]), status)
  }

  /// One gzip member that inflates to `text` in UTF-8.
  public static func member(_ text: String) -> [UInt8] { member(Array(text.utf8)) }
}
