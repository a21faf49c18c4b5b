/// Random numbers addressed by position: each depends only on the seed, the stream and its index.
///
/// There is no state to advance, so neither the number of threads nor resuming a run changes a
/// number. Mixing: two rounds of the splitmix64 finaliser (Steele, Lea and Flood, OOPSLA 2014) over
/// the key `seed, stream` and the counter.
public struct CounterRandom: Sendable {
  private let key: UInt64

  /// Creates the generator of one stream, such as one parameter's initial values.
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
  public func uniform(_ position: UInt64) -> Double { Double(bits(position) >> 11) * 0x1p-53 }

  /// A uniform integer in `0..<bound`.
  @inline(__always)
  public func integer(_ position: UInt64, below bound: Int) -> Int {
    Int(bits(position).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The finaliser of splitmix64: a bijection in which every input bit affects every output bit.
  @inline(__always)
  public static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension CounterRandom {
  /// A standard normal number at a position, by the Box-Muller transform of two uniform numbers.
  ///
  /// Positions `2k` and `2k + 1` share two uniform numbers, for a cosine and a sine.
  public func normal(_ position: UInt64) -> Double {
    let pair = normalPair(position / 2)
    return position & 1 == 0 ? pair.first : pair.second
  }

  /// The standard normal numbers at consecutive positions, the first of them even.
  public func normals(from position: UInt64, into numbers: UnsafeMutableBufferPointer<Double>) {
    precondition(position & 1 == 0, "CounterRandom: normals from \(position)")
    let pairs = numbers.count / 2
    for index in 0..<pairs {
      (numbers[2 * index], numbers[2 * index + 1]) = normalPair(position / 2 &+ UInt64(index))
    }
    if numbers.count > 2 * pairs { numbers[2 * pairs] = normal(position + UInt64(2 * pairs)) }
  }

  /// `√(−2·log(1 − u₁))` times `cos 2πu₂` and `sin 2πu₂`, for `u₁` and `u₂` uniform in [0, 1).
  @inline(__always)
  private func normalPair(_ index: UInt64) -> (first: Double, second: Double) {
    let radius = (-2 * VectorMath.logarithm(1 - uniform(2 &* index))).squareRoot()
    let (cosine, sine) = VectorMath.cosineAndSine(ofTurns: uniform(2 &* index &+ 1))
    return (radius * cosine, radius * sine)
  }
}
