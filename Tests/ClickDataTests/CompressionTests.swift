import CLZMA
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Compressed files, in all formats that are read.
@Suite struct CompressionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ paths: [String]) throws -> [ReadRow] {
    try Dataset(settings: Sample.criteo(paths), features: Sample.fixed).rows()
  }

  private func rows(_ bytes: [UInt8]) throws -> [ReadRow] {
    try rows([try folder.write("part", bytes)])
  }

  @Test(arguments: Compression.allCases)
  func aMemberDecompressesInChunksOfAnySizeAndLeavesTheRestUnread(_ format: Compression) {
    let text = Array(Sample.criteoText(0..<300).utf8)
    var member = format.member(text)
    let end = member.count
    member += format.member("not read").prefix(9)
    let decompressor = format.makeDecompressor()
    for input in [1, 2, 7, 64, 4096, 1 << 20] {
      for output in [1, 3, 256, 33_000, 1 << 20] {
        decompressor.reset()
        let outcome = MemberOutcome(member, chunks: (input, output), with: decompressor)
        #expect(
          outcome == MemberOutcome(bytes: text, end: end),
          "\(format), \(input) bytes into \(output)")
      }
    }
  }

  @Test(arguments: Compression.allCases)
  func theContentDecidesNotTheName(_ format: Compression) throws {
    let text = Sample.criteoText(0..<40)
    let expected = try rows(Array(text.utf8))
    for name in ["a", "a.txt", "a.gz", "a.zst", "a.bz2", "a.xz"] {
      #expect(try rows([try folder.write(name, format.member(text))]) == expected)
      #expect(try rows([try folder.write(name, text)]) == expected)
    }
  }

  @Test(arguments: Compression.allCases)
  func consecutiveMembersAreOneText(_ format: Compression) throws {
    let text = Sample.criteoText(0..<40)
    // The second member starts in the middle of a row, the third is empty.
    let (start, end) = (Array(text.utf8.prefix(1000)), Array(text.utf8.dropFirst(1000)))
    let members = format.member(start) + format.member([]) + format.member(end)
    #expect(try rows(members) == rows(Array(text.utf8)))
    #expect(try rows(members + [0, 0, 0, 0]).count == 40)
  }

  @Test func filesOfAllFormatsAreReadTogether() throws {
    let formats: [Compression?] = [nil] + Compression.allCases
    let texts = formats.indices.map { Sample.criteoText($0 * 5000..<$0 * 5000 + 4000) }
    let expected = try rows(Array(texts.joined().utf8))
    let paths = try zip(formats, texts).enumerated().map { index, part in
      try folder.write("part-\(index)", part.0?.member(part.1) ?? Array(part.1.utf8))
    }
    let found = try rows(paths)
    #expect(found.count == 20_000)
    #expect(found == expected)
  }

  /// The last bytes of a frame are decoded before they are all delivered.
  @Test(arguments: Compression.allCases, [true, false])
  func noByteIsLostBehindALateOutput(_ format: Compression, _ hasChecksum: Bool) throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 1000) }
    let member = format == .zstd ? Compression.frame(bytes, hasChecksum: hasChecksum) : nil
    let path = try folder.write("late", member ?? format.member(bytes))
    for capacity in [100, 4096, 300_000] {
      let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
      defer { output.deallocate() }
      let source = try ByteSource(path: path) { false }
      var found: [UInt8] = []
      while case let count = try source.read(into: output), count > 0 {
        found += output.prefix(count)
      }
      #expect(found == bytes, "\(format), \(capacity)")
    }
  }

  @Test(arguments: Compression.allCases)
  func everyTruncationIsAnError(_ format: Compression) throws {
    let whole = format.member(Sample.criteoText(0..<3))
    for count in 0..<whole.count {
      #expect(throws: (any Error).self, "\(format) cut after \(count) bytes") {
        _ = try rows(Array(whole.prefix(count)))
      }
    }
    #expect(try rows(whole).count == 3)
  }

  @Test(arguments: Compression.allCases)
  func flippedBitsAreDetected(_ format: Compression) throws {
    let whole = format.member(Sample.criteoText(0..<8))
    let intact = try rows(whole)
    let random = CounterRandom(seed: 1, stream: 0)
    for trial in 0..<150 {
      var bytes = whole
      let place = random.integer(UInt64(2 * trial), below: bytes.count)
      bytes[place] ^= 1 << UInt8(random.integer(UInt64(2 * trial + 1), below: 8))
      // Some bits have no meaning, such as the time in the header of gzip.
      if let found = try? rows(bytes) { #expect(found == intact, "\(format), byte \(place)") }
    }
  }

  @Test(arguments: zip(Compression.allCases, [8, 4, 4, 1]))
  func truncationIsReportedWithItsByteAndTheLastGoodRow(
    _ format: Compression, _ missing: Int
  ) throws {
    let whole = format.member(Sample.criteoText(0..<3000))
    let path = try folder.write("part", Array(whole.dropLast(missing)))
    #expect(
      sentence { _ = try rows([path]) }
        == "\(path): \(format) data ends early at byte \(whole.count - missing), "
        + "the last good row is line 3000; fetch the file or compress it again")
  }

  /// The byte and the reason are those of the library.
  @Test(
    arguments: [
      (Compression.gzip, 8, "incorrect data check"),
      (.zstd, 1, "restored data doesn't match checksum"),
      (.bzip2, 2, "incorrect data check"),
      (.xz, 1, "incorrect data check"),
    ])
  func corruptionIsReportedWithItsByteAndTheLastGoodRow(
    _ format: Compression, _ fromEnd: Int, _ reason: String
  ) throws {
    var bytes = format.member(Sample.criteoText(0..<10))
    bytes[bytes.count - fromEnd] ^= 8
    let path = try folder.write("part", bytes)
    let message = sentence { _ = try rows([path]) }
    #expect(message.hasPrefix("\(path): corrupt \(format) data at byte "))
    #expect(
      message.hasSuffix(
        " (\(reason)), the last good row is line 10; fetch the file or compress it again"),
      "\(message)")
  }

  @Test(
    arguments: [
      (Compression.gzip, "a gzip member"), (.zstd, "a zstd frame"), (.bzip2, "a bzip2 stream"),
      (.xz, "an xz stream"),
    ])
  func otherBytesAfterTheLastMemberAreRefused(_ format: Compression, _ expected: String) throws {
    let member = format.member(Sample.criteoText(0..<2))
    let path = try folder.write("part", member + [0x41])
    #expect(
      sentence { _ = try rows([path]) }
        == "\(path): expected \(expected) or the end at byte \(member.count), "
        + "found other bytes, the last good row is line 2; fetch the file or compress it again")
    // A member of another format, too.
    let other = Compression.allCases.first { $0 != format }?.member("text") ?? []
    #expect(throws: (any Error).self) { _ = try rows(member + other) }
  }

  @Test func streamsOfXZMayBePadded() throws {
    let text = Sample.criteoText(0..<4)
    let member = Compression.xz.member(text)
    #expect(try rows(member + [0, 0, 0, 0] + member).count == 8)
    let gzip = Compression.gzip.member(text)
    #expect(throws: (any Error).self) { _ = try rows(gzip + [0, 0, 0, 0] + gzip) }
  }

  @Test func skippableFramesOfZstdAreSkipped() throws {
    let skipped: [UInt8] = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 8, 9]
    let member = Compression.zstd.member(Sample.criteoText(0..<4))
    #expect(try rows(skipped + member + skipped + member + skipped).count == 8)
  }

  /// A header may claim any window, and a decoder would allocate it.
  @Test func windowsAreAtMost128MiB() throws {
    // Magic number, no optional parts, window of 2^(10 + exponent) bytes, an empty last block.
    func frame(windowBits: UInt8) -> [UInt8] {
      [0x28, 0xb5, 0x2f, 0xfd, 0, (windowBits - 10) << 3, 1, 0, 0]
    }
    #expect(
      sentence { _ = try rows(frame(windowBits: 27)) }
        == "\(folder.path)/part: expected rows, found an empty file; check the path")
    #expect(
      sentence { _ = try rows(frame(windowBits: 28)) }
        == "\(folder.path)/part: expected zstd data with a window of at most 128 MiB at byte 5, "
        + "found a larger one, the last good row is line 0; "
        + "compress the file again, with zstd --long=27 or less")
  }

  @Test func dictionariesAreAtMost128MiB() throws {
    /// A stream's and a block's header; a dictionary of 2^(size / 2 + 12) bytes.
    func start(dictionary size: UInt8) -> [UInt8] {
      let flags: [UInt8] = [0, 1]
      let block: [UInt8] = [2, 0, 0x21, 1, size, 0, 0, 0]
      return [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] + flags + checksum(flags) + block + checksum(block)
    }
    func checksum(_ bytes: [UInt8]) -> [UInt8] {
      let sum = lzma_crc32(bytes, bytes.count, 0)
      return (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
    }
    let path = "\(folder.path)/part"
    #expect(
      sentence { _ = try rows(start(dictionary: 30)) }
        == "\(path): xz data ends early at byte 24, the last good row is line 0; "
        + "fetch the file or compress it again")
    #expect(
      sentence { _ = try rows(start(dictionary: 32)) }
        == "\(path): expected xz data with a window of at most 128 MiB at byte 24, "
        + "found a larger one, the last good row is line 0; "
        + "compress the file again, with xz -9 or less")
  }

  @Test(arguments: Compression.allCases)
  func aBombEndsWhereALineIsTooLong(_ format: Compression) throws {
    let member = format.member([UInt8](repeating: 0, count: 40 << 20))
    #expect(member.count < 1 << 17)
    #expect(sentence { _ = try rows(member) }.contains(":1: expected a line of at most 16 MiB"))
  }
}
