import CZlib
import Platform
import TestSupport
import Testing

@testable import ClickData

@Suite struct InflaterTests {
  /// The result of inflating some bytes.
  private struct Outcome: Equatable {
    var bytes: [UInt8] = []
    /// The bytes of input up to the end of the member; nil where it does not end.
    var end: Int?
    var isCorrupt = false
  }

  /// Inflates one member in chunks of at most so many bytes of input and output.
  private func inflate<Inflater: GzipInflater>(
    _ input: [UInt8], chunks: (input: Int, output: Int), with inflater: Inflater
  ) -> Outcome {
    var input = input
    var outcome = Outcome()
    var used = 0
    let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunks.output)
    defer { room.deallocate() }
    input.withUnsafeMutableBufferPointer { input in
      while true {
        let chunk = input[used..<min(used + chunks.input, input.count)]
        let inflated = inflater.inflate(.init(rebasing: chunk), into: room)
        used += inflated.read
        outcome.bytes += room.prefix(inflated.written)
        switch inflated.outcome {
        case .more: if used == input.count, inflated.written == 0 { return }
        case .memberEnd:
          outcome.end = used
          return
        case .corrupt:
          outcome.isCorrupt = true
          return
        }
      }
    }
    return outcome
  }

  private func checkChunks<Inflater: GzipInflater>(_: Inflater.Type) {
    let text = Array(Sample.criteoText(0..<300).utf8)
    let member = GzipFile.member(text)
    let inflater = Inflater()
    for input in [1, 2, 7, 64, 4096, 1 << 20] {
      for output in [1, 3, 256, 33_000, 1 << 20] {
        inflater.reset()
        let outcome = inflate(
          member + [0x1f, 0x8b, 0, 0, 0, 0, 0, 0, 0], chunks: (input, output), with: inflater)
        #expect(
          outcome == Outcome(bytes: text, end: member.count),
          "\(Inflater.self), \(input) bytes into \(output)")
      }
    }
  }

  @Test func aMemberInflatesInChunksOfAnySizeAndLeavesTheRestUnread() {
    checkChunks(ZlibInflater.self)
    checkChunks(FileInflater.self)
  }

  /// Compares an inflater, which reads the bytes in chunks, with zlib and its checks.
  private func compareWithZlib<Inflater: GzipInflater>(
    _ inflater: Inflater, _ bytes: [UInt8], _ comment: String
  ) {
    let expected = GzipFile.inflated(bytes, most: 1 << 16)
    inflater.reset()
    let found = inflate(bytes, chunks: (977, 5000), with: inflater)
    #expect(
      found.isCorrupt == expected.isCorrupt && found.end == expected.end,
      "\(Inflater.self), \(comment)")
    if !expected.isCorrupt { #expect(found.bytes == expected.bytes, "\(comment)") }
  }

  @Test func inflatersAcceptAndRefuseTheSameBytesAsZlib() {
    let random = CounterRandom(seed: 3, stream: 0)
    let whole = GzipFile.member(Array(Sample.criteoText(0..<60).utf8))
    let zlib = ZlibInflater()
    let file = FileInflater()
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
      compareWithZlib(FileInflater(), bytes, "checksum changed by \(wrong)")
    }
  }
}
