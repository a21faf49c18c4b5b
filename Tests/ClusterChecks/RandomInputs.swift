import Cluster
import LinearAlgebra
import Platform

/// What every rank contributes to one call: each rank can compute the inputs of all.
struct RandomInputs {
  private let random: CounterRandom

  init(seed: UInt64, call: UInt64) { random = CounterRandom(seed: seed, stream: call) }

  /// A whole number in a range, the same on all ranks.
  func number(in range: ClosedRange<Int>, _ purpose: UInt64 = 0) -> Int {
    range.lowerBound + Int(random.bits(purpose) % UInt64(range.count))
  }

  /// Whether a rank has rows: three of four do.
  func isPresent(_ rank: Int) -> Bool { random.bits(1000 + UInt64(rank)) % 4 > 0 }

  /// The values of a rank, of many magnitudes, so that another order of sums has other bits.
  func values(of rank: Int, count: Int) -> [Double] {
    (0..<UInt64(count)).map { index in
      let position = 1_000_000 * UInt64(rank + 1) + 2 * index
      let scale = Double(Int(random.bits(position) % 21) - 10)
      return random.normal(position + 1) * exp2(scale)
    }
  }

  /// The same values as scalars.
  func scalars(of rank: Int, count: Int) -> [Scalar] {
    values(of: rank, count: count).map { Scalar($0) }
  }

  /// Slices of random lengths, of which about every third is empty.
  func slices(ranks: Int, longest: Int) -> Slices {
    Slices(
      lengths: (0..<ranks).map { rank in
        let bits = random.bits(2000 + UInt64(rank))
        return bits % 3 == 0 ? 0 : Int((bits >> 8) % UInt64(longest + 1))
      })
  }

  /// The message from one rank to another; every fourth is empty.
  func message(from source: Int, to target: Int, longest: Int) -> [UInt8] {
    let position = 3000 + UInt64(source * 1000 + target)
    let bits = random.bits(position)
    guard bits % 4 > 0, longest > 0 else { return [] }
    let length = 1 + Int((bits >> 8) % UInt64(longest))
    return (0..<length).map { UInt8(truncatingIfNeeded: bits &+ UInt64($0 &* 167)) }
  }

  private func exp2(_ exponent: Double) -> Double {
    Double(sign: .plus, exponent: Int(exponent), significand: 1)
  }
}
