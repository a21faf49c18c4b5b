import Glibc
import Platform

/// Latent users, ads and contexts, and the probability that an impression ends in a click.
///
/// An entity's latent vector is the sum of one component per level (coarse, middle and fine
/// cluster, and the entity itself), so that entities of one cluster are similar. With `u`, `a`, `c`
/// the vectors of the user, the ad and the context, each coordinate of about unit variance, and `K`
/// their dimension:
///
///     logit = intercept + [ main·Σ(u + a + c) + pair·Σ(u⊙a + a⊙c + u⊙c) + triple·Σ u⊙a⊙c ] / √K
///
/// Everything is a hash of the seed and a position: there are no tables, and rows are independent.
struct SyntheticWorld: Sendable {
  typealias Latent = SIMD8<Float>

  /// The weights of the first-, second- and third-order terms, for latents of unit variance.
  static let main: Float = 0.66, pair: Float = 0.43, triple: Float = 0.3

  /// The intercept for the requested click rate.
  private(set) var intercept: Float = 0
  private let user: EntityGroup, ad: EntityGroup, context: EntityGroup
  private let draws: CounterRandom
  private let parents: CounterRandom
  private let components: CounterRandom
  private let traits: CounterRandom
  private let texts: CounterRandom

  /// The intercept is fitted to a sample: `clickRate` is reached within about 0.001.
  init(user: EntityGroup, ad: EntityGroup, context: EntityGroup, clickRate: Double, seed: UInt64) {
    self.user = user
    self.ad = ad
    self.context = context
    draws = CounterRandom(seed: seed, stream: 1)
    parents = CounterRandom(seed: seed, stream: 2)
    components = CounterRandom(seed: seed, stream: 3)
    traits = CounterRandom(seed: seed, stream: 4)
    texts = CounterRandom(seed: seed, stream: 5)
    let sample = CounterRandom(seed: seed, stream: 6)
    intercept = calibrated(to: clickRate, draws: sample)
  }

  @inline(__always)
  func impression(_ row: UInt64) -> Impression { impression(row, draws: draws) }

  /// The uniform number of a node for the field or pattern of index `slot`.
  @inline(__always)
  func trait(slot: Int, node: UInt32) -> Double { traits.uniform(Self.key(slot, node)) }

  /// 32 random bits, the text of a value of the field of index `slot`.
  @inline(__always)
  func name(slot: Int, value: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: texts.bits(Self.key(slot, UInt32(value))) >> 32)
  }

  /// The terms of an impression's logit without the intercept, by order.
  @inline(__always)
  func terms(_ impression: Impression) -> (main: Float, pair: Float, triple: Float) {
    let u = impression.user
    let a = impression.ad
    let c = impression.context
    let scale = 1 / Float(Latent.scalarCount).squareRoot()
    return (
      Self.main * scale * (u + a + c).sum(),
      Self.pair * scale * (u * a + a * c + u * c).sum(),
      Self.triple * scale * (u * a * c).sum()
    )
  }

  @inline(__always)
  func clickProbability(_ impression: Impression) -> Double {
    let terms = terms(impression)
    return 1 / (1 + exp(-Double(intercept + (terms.main + (terms.pair + terms.triple)))))
  }

  @inline(__always)
  private func impression(_ row: UInt64, draws: CounterRandom) -> Impression {
    let user = nodes(.user, user, draws.uniform(Impression.position(row, .user)))
    let ad = nodes(.ad, ad, draws.uniform(Impression.position(row, .ad)))
    let context = nodes(.context, context, draws.uniform(Impression.position(row, .context)))
    return Impression(
      row: row, draws: draws,
      nodes: SIMD16(
        lowHalf: SIMD8(lowHalf: user, highHalf: ad),
        highHalf: SIMD8(lowHalf: context, highHalf: .zero)),
      user: latent(.user, user), ad: latent(.ad, ad), context: latent(.context, context))
  }

  /// The entity drawn by a uniform number and its clusters, indexed by granularity.
  @inline(__always)
  private func nodes(_ kind: EntityKind, _ group: EntityGroup, _ uniform: Double) -> SIMD4<UInt32> {
    let entity = UInt32(group.popularity.value(uniform))
    let fine = parent(kind, .entity, entity, group.fine)
    let middle = parent(kind, .fine, fine, group.middle)
    return SIMD4(parent(kind, .middle, middle, group.coarse), middle, fine, entity)
  }

  @inline(__always)
  private func parent(
    _ kind: EntityKind, _ level: Granularity, _ node: UInt32, _ law: PowerLaw
  ) -> UInt32 {
    UInt32(law.value(parents.uniform(Self.key(Impression.place(kind, level), node))))
  }

  /// The latent vector of an entity: its levels contribute 50, 30, 15 and 5 % of the variance.
  @inline(__always)
  private func latent(_ kind: EntityKind, _ nodes: SIMD4<UInt32>) -> Latent {
    let broad =
      Float(0.5).squareRoot() * component(kind, .coarse, nodes[0])
      + Float(0.3).squareRoot() * component(kind, .middle, nodes[1])
    let narrow =
      Float(0.15).squareRoot() * component(kind, .fine, nodes[2])
      + Float(0.05).squareRoot() * component(kind, .entity, nodes[3])
    return broad + narrow
  }

  /// Eight independent numbers, uniform with mean 0 and variance 1: one from each byte of a hash.
  @inline(__always)
  private func component(_ kind: EntityKind, _ level: Granularity, _ node: UInt32) -> Latent {
    let bits = components.bits(Self.key(Impression.place(kind, level), node))
    let bytes = unsafeBitCast(bits.littleEndian, to: SIMD8<UInt8>.self)
    // A byte is uniform on 0…255: mean 127.5, variance (256² − 1) / 12.
    return (Latent(bytes) - 127.5) * Float(12.0 / 65_535.0).squareRoot()
  }

  @inline(__always)
  private static func key(_ slot: Int, _ node: UInt32) -> UInt64 {
    UInt64(slot) << 32 | UInt64(node)
  }

  /// The intercept at which a sample's mean probability is `rate`, by Newton's method.
  private func calibrated(to rate: Double, draws: CounterRandom) -> Float {
    let logits = (0..<UInt64(1 << 17)).map { row in
      let terms = terms(impression(row, draws: draws))
      return Double(terms.main + terms.pair + terms.triple)
    }
    var intercept = log(rate / (1 - rate))
    for _ in 0..<8 {
      var excess = 0.0
      var slope = 0.0
      for logit in logits {
        let probability = 1 / (1 + exp(-logit - intercept))
        excess += probability - rate
        slope += probability * (1 - probability)
      }
      intercept -= excess / slope
    }
    return Float(intercept)
  }
}
