import Platform

/// One impression of an ad on a user in a context, with the random numbers of its row.
struct Impression {
  /// Random numbers of a row, by what they decide; those of fields and patterns follow.
  enum Draw: UInt64 {
    case user, ad, context, click, identifier, day
  }

  let row: UInt64
  let draws: CounterRandom
  /// The entities and their clusters, by `place`.
  let nodes: SIMD16<UInt32>
  let user: SyntheticWorld.Latent, ad: SyntheticWorld.Latent, context: SyntheticWorld.Latent

  /// The index in `nodes` of a kind's node at a granularity.
  @inline(__always)
  static func place(_ kind: EntityKind, _ level: Granularity) -> Int {
    kind.rawValue << 2 | level.rawValue
  }

  @inline(__always)
  func latent(_ kind: EntityKind) -> SyntheticWorld.Latent {
    switch kind {
    case .user: user
    case .ad: ad
    case .context: context
    }
  }

  /// The position of a draw among all draws of all rows, which have 64 each.
  @inline(__always)
  static func position(_ row: UInt64, _ draw: Draw) -> UInt64 { row << 6 | draw.rawValue }

  @inline(__always)
  func uniform(_ draw: Draw) -> Double { draws.uniform(Self.position(row, draw)) }

  @inline(__always)
  func bits(_ draw: Draw) -> UInt64 { draws.bits(Self.position(row, draw)) }

  /// 64 random bits of this row for the field or pattern of index `slot`.
  @inline(__always)
  func bits(slot: Int) -> UInt64 { draws.bits(row << 6 | UInt64(slot + 8)) }

  /// A uniform number of this row for the field or pattern of index `slot`.
  @inline(__always)
  func uniform(slot: Int) -> Double { draws.uniform(row << 6 | UInt64(slot + 8)) }
}

enum EntityKind: Int, CaseIterable, Sendable {
  case user, ad, context
}

/// How finely a field distinguishes entities: each one, or one of three levels of clusters.
enum Granularity: Int, CaseIterable, Sendable {
  case coarse, middle, fine, entity
}

/// The entities of one kind: their number, their clusters and their popularity.
///
/// Every law has a share for its most common value: of impressions for `popularity`, of the nodes
/// one level below for the clusters.
struct EntityGroup: Sendable {
  /// The law that impressions draw entities from.
  let popularity: PowerLaw
  /// The laws that assign entities to fine clusters, these to middle and these to coarse ones.
  let fine: PowerLaw, middle: PowerLaw, coarse: PowerLaw

  /// Makes a group of `count` entities; the clusters are the same in every world.
  init(count: Int, top: Double) {
    popularity = PowerLaw(count: count, top: top)
    fine = PowerLaw(count: 30_000, top: 0.002)
    middle = PowerLaw(count: 2_000, top: 0.01)
    coarse = PowerLaw(count: 60, top: 0.08)
  }
}
