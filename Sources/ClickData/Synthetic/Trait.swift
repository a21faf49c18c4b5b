/// A uniform number that a field reads from a node of the world, except in a share of the rows.
struct Trait: Sendable {
  private let place: Int
  private let noise: Double

  /// Reads the node of `kind` at `level`; in a share `noise` of the rows the number is the row's own.
  init(_ kind: EntityKind, _ level: Granularity, noise: Double) {
    place = Impression.place(kind, level)
    self.noise = noise
  }

  /// The number that the field or pattern of index `slot` sees in an impression.
  @inline(__always)
  func uniform(slot: Int, _ impression: Impression, _ world: SyntheticWorld) -> Double {
    let chance = impression.uniform(slot: slot)
    guard chance >= noise else { return chance / noise }
    return world.trait(slot: slot, node: impression.nodes[place])
  }
}

/// When a field has no value of its own, and what is written then.
///
/// Fields of one pattern are absent together: a pattern is a trait, and a field is absent where the
/// trait's number falls into its range. The length of the range is the share of absent values.
struct Absence: Sendable {
  /// The index of the pattern in the layout.
  let pattern: Int
  /// The numbers of the pattern at which the field is absent.
  let range: Range<Double>
  /// What is written, in the field's own notation; nil is nothing at all.
  let written: Int?
}
