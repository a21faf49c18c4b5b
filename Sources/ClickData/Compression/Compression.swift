/// The compressed formats that are read, detected from a file's first bytes.
public enum Compression: String, CaseIterable, Sendable {
  /// RFC 1952.
  case gzip
  /// RFC 8878.
  case zstd
  /// Julian Seward's bzip2.
  case bzip2
  /// The .xz format, with any of liblzma's filters.
  case xz

  /// What a decompressor may keep of the preceding text: 128 MiB, which is what `zstd -22`,
  /// `zstd --long` and `xz -9` need at most.
  static let maxWindow = 1 << 27
  /// The bytes that `init(detecting:)` needs, unless the file is shorter.
  static let signatureLength = 10

  /// The format of a file that starts with these bytes; nil for plain text.
  ///
  /// A file that ends within a signature is truncated data.
  init?(detecting start: UnsafeBufferPointer<UInt8>) {
    guard !start.isEmpty, let found = Self.allCases.first(where: { $0.accepts(start) }) else {
      return nil
    }
    self = found
  }

  /// What its specification calls a part that can be decompressed on its own, with an article.
  var member: String {
    switch self {
    case .gzip: "a gzip member"
    case .zstd: "a zstd frame"
    case .bzip2: "a bzip2 stream"
    case .xz: "an xz stream"
    }
  }

  /// How to compress with a window of at most `maxWindow`.
  var smallerWindow: String {
    switch self {
    case .xz: "with xz -9 or less"
    case .gzip, .zstd, .bzip2: "with zstd --long=27 or less"
    }
  }

  /// Whether another member may start with this byte; only .xz has padding between streams.
  func startsMember(_ byte: UInt8, afterPadding padded: Bool) -> Bool {
    switch self {
    case .gzip: byte == 0x1f && !padded
    case .zstd: (byte == 0x28 || byte >> 4 == 5) && !padded
    case .bzip2: byte == UInt8(ascii: "B") && !padded
    case .xz: byte == 0xfd
    }
  }

  func makeDecompressor() -> any Decompressor {
    switch self {
    case .gzip: GzipInflater()
    case .zstd: ZstdDecompressor()
    case .bzip2: Bzip2Decompressor()
    case .xz: XZDecompressor()
    }
  }

  private func accepts(_ start: UnsafeBufferPointer<UInt8>) -> Bool {
    // The first byte of gzip is not a text; those of the others may be.
    guard start.count >= (self == .gzip ? 1 : 2) else { return false }
    return signatures.contains { signature in
      zip(start, signature).allSatisfy { byte, range in range.contains(byte) }
    }
  }

  /// The first bytes of a file: one of these sequences.
  private var signatures: [[ClosedRange<UInt8>]] {
    switch self {
    case .gzip: [Self.exactly(0x1f, 0x8b)]
    case .zstd:
      // A frame, or one that is skipped.
      [Self.exactly(0x28, 0xb5, 0x2f, 0xfd), [0x50...0x5f] + Self.exactly(0x2a, 0x4d, 0x18)]
    case .bzip2:
      // A block, or the end of a stream without any.
      [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]].map { block in
        Self.exactly(0x42, 0x5a, 0x68) + [0x31...0x39] + block.map { $0...$0 }
      }
    case .xz: [Self.exactly(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)]
    }
  }

  private static func exactly(_ bytes: UInt8...) -> [ClosedRange<UInt8>] { bytes.map { $0...$0 } }
}
