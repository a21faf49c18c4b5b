import CBzip2
import CLZMA
import CZstd
import TestSupport

@testable import ClickData

extension Compression {
  /// One member that decompresses to `text`, with checksums.
  func member(_ text: String) -> [UInt8] { member(Array(text.utf8)) }

  /// One member that decompresses to `bytes`, with checksums.
  func member(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .gzip: GzipFile.member(bytes)
    case .zstd: Self.frame(bytes, hasChecksum: true)
    case .bzip2:
      Self.output(of: bytes) { input, output in
        var count = UInt32(output.count)
        var input = input.map { CChar(bitPattern: $0) }
        let status = output.withMemoryRebound(to: CChar.self) {
          BZ2_bzBuffToBuffCompress($0.baseAddress, &count, &input, UInt32(input.count), 9, 0, 0)
        }
        return status == BZ_OK ? Int(count) : nil
      }
    case .xz:
      Self.output(of: bytes) { input, output in
        var count = 0
        let status = lzma_easy_buffer_encode(
          6, LZMA_CHECK_CRC64, nil, input, input.count, output.baseAddress, &count, output.count)
        return status == LZMA_OK ? count : nil
      }
    }
  }

  /// One frame of zstd.
  static func frame(_ bytes: [UInt8], hasChecksum: Bool) -> [UInt8] {
    output(of: bytes) { input, output in
      let context = ZSTD_createCCtx()
      defer { ZSTD_freeCCtx(context) }
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, hasChecksum ? 1 : 0)
      let count = ZSTD_compress2(context, output.baseAddress, output.count, input, input.count)
      return ZSTD_isError(count) == 0 ? count : nil
    }
  }

  private static func output(
    of bytes: [UInt8], _ compress: ([UInt8], UnsafeMutableBufferPointer<UInt8>) -> Int?
  ) -> [UInt8] {
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count * 2 + 4096)
    defer { output.deallocate() }
    guard let count = compress(bytes, output) else {
      preconditionFailure("Compression: \(bytes.count) bytes could not be compressed")
    }
    return Array(output.prefix(count))
  }
}
