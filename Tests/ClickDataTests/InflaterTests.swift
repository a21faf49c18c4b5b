import CZlib
import Platform
import TestSupport
import Testing

@testable import ClickData

/// The result of decompressing one member.
struct MemberOutcome: Equatable {
  var bytes: [UInt8] = []
  /// The bytes of input up to the end of the member; nil where it does not end.
  var end: Int?
  var isCorrupt = false
}

extension MemberOutcome {
  /// Decompresses one member in chunks of at most so many bytes of input and output.
  init(_ input: [UInt8], chunks: (input: Int, output: Int), with decompressor: any Decompressor) {
    var input = input
    self.init()
    var used = 0
    let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunks.output)
    defer { room.deallocate() }
    input.withUnsafeMutableBufferPointer { input in
      while true {
        let chunk = input[used..<min(used + chunks.input, input.count)]
        let result = decompressor.decompress(.init(rebasing: chunk), into: room)
        used += result.read
        bytes += room.prefix(result.written)
        switch result.outcome {
        case .more: if used == input.count, result.written == 0 { return }
        case .memberEnd:
          end = used
          return
        case .corrupt, .windowTooLarge, .noMemory:
          isCorrupt = true
          return
        }
      }
    }
  }
}

@Suite struct InflaterTests {
  /// zlib's inflater, and the one that is used for files.
  private let inflaters: [any Decompressor] = [ZlibInflater(), GzipInflater()]

  @Test func aMemberInflatesInChunksOfAnySizeAndLeavesTheRestUnread() {
    let text = Array(Sample.criteoText(0..<300).utf8)
    let member = GzipFile.member(text)
    for inflater in inflaters {
      for input in [1, 2, 7, 64, 4096, 1 << 20] {
        for output in [1, 3, 256, 33_000, 1 << 20] {
          inflater.reset()
          let outcome = MemberOutcome(
            member + [0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0], chunks: (input, output), with: inflater)
          #expect(
            outcome == MemberOutcome(bytes: text, end: member.count),
            "\(type(of: inflater)), \(input) bytes into \(output)")
        }
      }
    }
  }

  /// Compares an inflater, which reads the bytes in chunks, with zlib and its checks.
  private func compareWithZlib(
    _ inflater: any Decompressor, _ bytes: [UInt8], _ comment: String
  ) {
    let expected = GzipFile.inflated(bytes, most: 1 << 16)
    inflater.reset()
    let found = MemberOutcome(bytes, chunks: (977, 5000), with: inflater)
    #expect(
      found.isCorrupt == expected.isCorrupt && found.end == expected.end,
      "\(type(of: inflater)), \(comment)")
    if !expected.isCorrupt { #expect(found.bytes == expected.bytes, "\(comment)") }
  }

  @Test func inflatersAcceptAndRefuseTheSameBytesAsZlib() {
    let random = CounterRandom(seed: 3, stream: 0)
    let whole = GzipFile.member(Array(Sample.criteoText(0..<60).utf8))
    let (zlib, file) = (ZlibInflater(), GzipInflater())
    for trial in 0..<3000 {
      var bytes = whole
      // One in ten trials changes the trailer, which has only eight bytes.
      let among = trial % 10 == 0 ? 8 : bytes.count
      let place = bytes.count - 1 - random.integer(UInt64(2 * trial), below: among)
      bytes[place] ^= 1 << UInt8(random.integer(UInt64(2 * trial + 1), below: 8))
      compareWithZlib(zlib, bytes, "byte \(place)")
      compareWithZlib(file, bytes, "byte \(place)")
    }
  }

  @Test func optionalPartsOfAHeaderAreReadAndItsChecksumVerified() {
    let member = GzipFile.member(Array(Sample.criteoText(0..<60).utf8))
    // Flags: a checksum of the header, extra bytes, a name and a comment.
    let header: [UInt8] =
      [0x1f, 0x8b, 8, 0b11110, 0, 0, 0, 0, 0, 3, 2, 0, 7, 9] + Array("a.tsv\0made here\0".utf8)
    let checksum = crc32(0, header, UInt32(header.count)) & 0xffff
    for wrong in [0, 1, 0x100] as [UInt] {
      let written = checksum ^ wrong
      let bytes =
        header + [UInt8(written & 255), UInt8(written >> 8)] + member.dropFirst(10)
      #expect(GzipFile.inflated(bytes, most: 1 << 16).isCorrupt == (wrong > 0))
      compareWithZlib(ZlibInflater(), bytes, "checksum changed by \(wrong)")
      compareWithZlib(GzipInflater(), bytes, "checksum changed by \(wrong)")
    }
  }
}
