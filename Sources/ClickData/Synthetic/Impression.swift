import Platform

/// One meeting of a user, an ad and a context, and the chance that belongs to that row alone.
struct Impression {
  /// Random numbers of a row that no field draws, by what they decide; fields and patterns follow them.
  enum Draw: UInt64 {
    case user, ad, context, click, identifier, day
  }

  /// The row's position in the log.
  let row: UInt64
  let draws: CounterRandom
  /// The entities and their clusters, by `place`.
  let nodes: SIMD16<UInt32>
  /// The latent vectors.
  let user: SyntheticWorld.Latent, ad: SyntheticWorld.Latent, context: SyntheticWorld.Latent

  /// Where a kind's node at a granularity stands in `nodes`.
  @inline(__always)
  static func place(_ kind: EntityKind, _ level: Granularity) -> Int {
    kind.rawValue << 2 | level.rawValue
  }

  /// The latent vector of one of the three entities.
  @inline(__always)
  func latent(_ kind: EntityKind) -> SyntheticWorld.Latent {
    switch kind {
    case .user: user
    case .ad: ad
    case .context: context
    }
  }

  /// The position of a draw among all draws of all rows: 64 belong to each row.
  @inline(__always)
  static func position(_ row: UInt64, _ draw: Draw) -> UInt64 { row << 6 | draw.rawValue }

  /// A uniform number of this row.
  @inline(__always)
  func uniform(_ draw: Draw) -> Double { draws.uniform(Self.position(row, draw)) }

  /// 64 random bits of this row.
  @inline(__always)
  func bits(_ draw: Draw) -> UInt64 { draws.bits(Self.position(row, draw)) }

  /// 64 random bits of this row for the field or pattern of index `slot`.
  @inline(__always)
  func bits(slot: Int) -> UInt64 { draws.bits(row << 6 | UInt64(slot + 8)) }

  /// A uniform number of this row for the field or pattern of index `slot`.
  @inline(__always)
  func uniform(slot: Int) -> Double { draws.uniform(row << 6 | UInt64(slot + 8)) }
}
