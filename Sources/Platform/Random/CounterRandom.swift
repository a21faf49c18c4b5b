/// Random numbers addressed by position: `value(i)` depends on the seed, the stream and `i` alone.
///
/// Nothing is drawn "next", so neither the number of threads nor a resumed run can shift a draw.
/// Mixing: two rounds of the splitmix64 finaliser (Steele, Lea and Flood, OOPSLA 2014) over the key
/// `seed, stream` and the counter.
public struct CounterRandom: Sendable {
  private let key: UInt64

  /// Makes the generator of one stream, such as one parameter's initial values.
  public init(seed: UInt64, stream: UInt64) {
    key = Self.mix(Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15) ^ (stream &* 0xd1b5_4a32_d192_ed03))
  }

  /// 64 uniform bits at a position.
  @inline(__always)
  public func bits(_ position: UInt64) -> UInt64 {
    Self.mix(key ^ Self.mix(position &* 0x9e37_79b9_7f4a_7c15 &+ key))
  }

  /// A uniform number in the half-open interval [0, 1), with 53 random bits.
  @inline(__always)
  public func uniform(_ position: UInt64) -> Double {
    Double(bits(position) >> 11) * 0x1p-53
  }

  /// A uniform integer in `0..<bound`.
  @inline(__always)
  public func integer(_ position: UInt64, below bound: Int) -> Int {
    Int(bits(position).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The finaliser of splitmix64: a bijection of 64 bits in which every input bit reaches every output bit.
  @inline(__always)
  public static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
