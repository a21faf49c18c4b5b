/// Blank in a share of all rows, at the low end of the pattern's trait.
private func blank(_ pattern: Pattern, _ share: Double) -> Absence {
  Absence(pattern: pattern.rawValue, range: 0..<share, written: nil)
}

/// The groups of Criteo's fields that are blank together.
private enum Pattern: Int {
  case history, offer, recency, visits, rare, page, product
}

private func count(
  _ kind: EntityKind, axis: Int, _ loading: Float, scale: Float, spread: Float,
  floor: Float = -10, blank: Absence? = nil
) -> SyntheticField {
  let count = SyntheticField.Count(
    kind: kind, axis: axis, loading: loading, scale: scale, spread: spread, floor: floor)
  return SyntheticField(source: .count(count), absence: blank)
}

private func category(
  _ kind: EntityKind, _ level: Granularity, _ count: Int, top: Double, noise: Double = 0.1,
  blank: Absence? = nil
) -> SyntheticField {
  let category = SyntheticField.Category(
    trait: Trait(kind, level, noise: noise), law: PowerLaw(count: count, top: top),
    notation: .hexadecimal)
  return SyntheticField(source: .category(category), absence: blank)
}

extension SyntheticLayout {
  /// Criteo's display advertising log: label, I1…I13, C1…C26, separated by tabs, no header.
  ///
  /// Cardinalities are those of Criteo_x1; medians, spreads, blanks and the shares of the most
  /// common values are those published of the real log. The entities of its fields are invented.
  static let criteo = SyntheticLayout(
    header: nil, separator: UInt8(ascii: "\t"), clickRate: 0.256,
    user: EntityGroup(count: 1_000_000, top: 0.002), ad: EntityGroup(count: 150_000, top: 0.015),
    context: EntityGroup(count: 600_000, top: 0.01),
    patterns: [
      Trait(.user, .fine, noise: 0.5),
      Trait(.ad, .fine, noise: 0.3),
      Trait(.user, .entity, noise: 0.5),
      Trait(.user, .entity, noise: 0.3),
      Trait(.user, .fine, noise: 0.3),
      Trait(.context, .entity, noise: 0.2),
      Trait(.ad, .entity, noise: 0.1),
    ],
    columns: [SyntheticField(source: .click, absence: nil)] + criteoCounts + criteoCategories)

  /// I1 to I13.
  private static let criteoCounts = [
    count(.user, axis: 0, 0.7, scale: 1.4, spread: 1.5, blank: blank(.history, 0.454)),
    count(.user, axis: 1, -0.6, scale: 4, spread: 2.6, floor: -1.25),
    count(.ad, axis: 0, 0.7, scale: 6.5, spread: 1.7, blank: blank(.offer, 0.215)),
    count(.ad, axis: 1, 0.6, scale: 4.5, spread: 1.1, blank: blank(.offer, 0.217)),
    count(.user, axis: 2, -0.8, scale: 2_800, spread: 1.9, floor: -3, blank: blank(.rare, 0.026)),
    count(.user, axis: 3, -0.6, scale: 32, spread: 1.6, floor: -2.8, blank: blank(.recency, 0.224)),
    count(.user, axis: 4, 0.7, scale: 3.5, spread: 1.8, blank: blank(.visits, 0.043)),
    count(.ad, axis: 2, 0.6, scale: 7.5, spread: 1.1, floor: -3.1, blank: blank(.rare, 0.000_5)),
    count(.user, axis: 5, 0.6, scale: 38, spread: 1.45, blank: blank(.visits, 0.043)),
    count(.user, axis: 0, 0.5, scale: 0.7, spread: 0.8, blank: blank(.history, 0.454)),
    count(.user, axis: 4, 0.8, scale: 1.6, spread: 1.3, blank: blank(.visits, 0.043)),
    count(.context, axis: 0, 0.5, scale: 0.4, spread: 1.7, blank: blank(.product, 0.765)),
    count(.ad, axis: 1, 0.7, scale: 4.5, spread: 1.2, blank: blank(.offer, 0.217)),
  ]

  /// C1 to C26.
  private static let criteoCategories = [
    category(.context, .middle, 1_460, top: 0.5),
    category(.context, .middle, 558, top: 0.11),
    category(.user, .entity, 413_422, top: 0.01, noise: 0.05, blank: blank(.page, 0.034)),
    category(.user, .entity, 248_541, top: 0.02, noise: 0.05, blank: blank(.page, 0.034)),
    category(.context, .coarse, 305, top: 0.67),
    category(.user, .coarse, 21, top: 0.4, blank: blank(.recency, 0.121)),
    category(.user, .fine, 12_190, top: 0.01),
    category(.context, .coarse, 633, top: 0.59),
    category(.ad, .coarse, 3, top: 0.9),
    category(.ad, .fine, 54_710, top: 0.1, noise: 0.05),
    category(.user, .middle, 5_348, top: 0.02),
    category(.user, .entity, 409_747, top: 0.01, noise: 0.05, blank: blank(.page, 0.034)),
    category(.context, .middle, 3_180, top: 0.02),
    category(.context, .coarse, 27, top: 0.4),
    category(.context, .fine, 12_498, top: 0.01),
    category(.context, .entity, 365_809, top: 0.02, noise: 0.05, blank: blank(.page, 0.034)),
    category(.ad, .coarse, 10, top: 0.46),
    category(.ad, .middle, 4_932, top: 0.03),
    category(.ad, .middle, 2_094, top: 0.35, blank: blank(.product, 0.44)),
    category(.ad, .coarse, 4, top: 0.35, blank: blank(.product, 0.44)),
    category(.context, .entity, 397_979, top: 0.01, noise: 0.05, blank: blank(.page, 0.034)),
    category(.user, .coarse, 18, top: 0.5, blank: blank(.product, 0.763)),
    category(.context, .coarse, 15, top: 0.44),
    category(.context, .entity, 88_606, top: 0.05, noise: 0.05, blank: blank(.page, 0.034)),
    category(.ad, .coarse, 96, top: 0.25, blank: blank(.product, 0.44)),
    category(.ad, .entity, 64_071, top: 0.03, noise: 0.05, blank: blank(.product, 0.44)),
  ]
}
