import Foundation
import Platform
import Testing

@testable import ClickData

@Suite struct SyntheticPartsTests {
  @Test(arguments: [(3, 0.9), (60, 0.08), (2_000, 0.01), (5_000_000, 0.003), (10, 0.1)])
  func thePowerLawGivesItsTopShareAndCoversItsValues(_ count: Int, _ top: Double) {
    let law = PowerLaw(count: count, top: top)
    let random = CounterRandom(seed: 1, stream: 1)
    let values = (0..<UInt64(200_000)).map { law.value(random.uniform($0)) }
    #expect(values.allSatisfy { (0..<count).contains($0) })
    let share = Double(values.count { $0 == 0 }) / 200_000
    #expect(abs(share - top) <= 4.5 * (top * (1 - top) / 200_000).squareRoot())
    #expect(law.value(0) == 0)
    #expect(law.value(1.0.nextDown) == count - 1)
  }

  @Test func integersAreWrittenInDecimal() {
    for value in [0, 9, 10, -1, -10, 99, 100, 12_345, Int.max, Int.min] {
      #expect(text { $0.decimal(value) } == "\(value)")
    }
    #expect(text { $0.decimal(UInt.max) } == "\(UInt.max)")
    #expect(text { $0.digits(42, 5) } == "00042")
    #expect(text { $0.digits(1_234, 2) } == "34")
  }

  @Test func everyNibbleIsWrittenInHexadecimal() {
    #expect(text { $0.hexadecimal(0x0123_4567) } == "01234567")
    #expect(text { $0.hexadecimal(0x89ab_cdef) } == "89abcdef")
    #expect(text { $0.hexadecimal(0) } == "00000000")
    #expect(text { $0.hexadecimal(.max) } == "ffffffff")
  }

  @Test(arguments: [0, 1, 1_000, 65_536, 300_000])
  func gzipMembersInflateToTheirInput(_ size: Int) throws {
    let random = CounterRandom(seed: 2, stream: 2)
    let noise = (0..<UInt64(size)).map { UInt8(truncatingIfNeeded: random.bits($0)) }
    try SyntheticSample.withFolder { folder in
      let file = try AtomicFile(folder + "/two.gz")
      let encoder = GzipEncoder()
      for _ in 0..<2 {
        encoder.begin()
        noise.withUnsafeBytes { encoder.append($0) }
        encoder.finish()
        try file.write(encoder.bytes)
      }
      try file.commit()
      #expect(SyntheticSample.inflated(folder + "/two.gz") == noise + noise)
    }
  }

  @Test func latentsHaveUnitVarianceAndClustersAreSimilar() {
    let world = SyntheticWriter(.criteo, seed: 41).world
    let impressions = (0..<UInt64(40_000)).map { world.impression($0) }
    var previous: [UInt32: SyntheticWorld.Latent] = [:]
    var square = SyntheticWorld.Latent.zero
    var near: Float = 0
    var far: Float = 0
    var pairs: Float = 0
    for (index, impression) in impressions.enumerated() {
      square += impression.user * impression.user
      let other = impressions[(index + 1) % impressions.count].user
      let cluster = impression.nodes[Impression.place(.user, .middle)]
      if let mate = previous[cluster] {
        near += (mate * impression.user).sum() / 8
        far += (other * impression.user).sum() / 8
        pairs += 1
      }
      previous[cluster] = impression.user
    }
    #expect((0.7...1.4).contains(square.sum() / 8 / 40_000))
    // Coarse and middle clusters contribute 70 % of the variance.
    #expect((0.5...1).contains(near / pairs))
    #expect(abs(far / pairs) < 0.3)
  }

  /// The text that a body writes.
  private func text(_ body: (inout RowText) -> Void) -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: RowText.maxLength) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      var row = RowText(at: start)
      body(&row)
      count = row.cursor - start
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
