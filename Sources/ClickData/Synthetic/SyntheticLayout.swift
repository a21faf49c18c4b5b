/// The properties of one kind of click log: its entities, its columns and its click rate.
struct SyntheticLayout: Sendable {
  /// The first line of a file, without its line end; nil where there is none.
  let header: String?
  /// The byte between two columns.
  let separator: UInt8
  let clickRate: Double
  let user: EntityGroup, ad: EntityGroup, context: EntityGroup
  /// The traits that determine which fields are absent together; at most eight.
  let patterns: [Trait]
  let columns: [SyntheticField]

  static func of(_ preset: SyntheticLog.Preset) -> SyntheticLayout {
    switch preset {
    case .criteo: criteo
    case .avazu: avazu
    }
  }
}

/// One column: what determines its value, and when it has none.
struct SyntheticField: Sendable {
  /// The source of a column's values.
  enum Source: Sendable {
    case category(Category)
    case count(Count)
    /// A random number of 19 or 20 digits, in practice unique.
    case identifier
    /// YYMMDDHH within ten days, the time of day read from a trait.
    case hour(Trait)
    /// The label, where it is not the first column.
    case click
  }

  let source: Source
  let absence: Absence?

  /// A categorical field: a long-tailed value that a node determines, except for noise.
  struct Category: Sendable {
    /// How a value is written.
    enum Notation: Sendable {
      /// Eight hexadecimal digits, drawn for each value.
      case hexadecimal
      /// The integer `first + step·value`.
      case integer(first: Int, step: Int)
      /// One of at most 16 listed integers, the most common first.
      case listed(SIMD16<Int32>)
    }

    let trait: Trait
    let law: PowerLaw
    let notation: Notation
  }

  /// A numeric field: a heavy-tailed count, noisily monotone in a coordinate of a latent vector.
  ///
  /// With `z = loading·latent[axis] + √(1 − loading²)·noise`, of about unit variance, the value is
  /// `⌊scale·exp(spread·z)⌋`, or −1, −2 or −3 for each unit that `z` is below `floor`.
  struct Count: Sendable {
    let kind: EntityKind
    let axis: Int
    let loading: Float
    let scale: Float
    let spread: Float
    let floor: Float
  }
}

/// A uniform number that a field takes from a node of the world, except in a share of the rows.
struct Trait: Sendable {
  private let place: Int
  private let noise: Double

  /// Takes the node of `kind` at `level`; a share `noise` of the rows have their own numbers.
  init(_ kind: EntityKind, _ level: Granularity, noise: Double) {
    place = Impression.place(kind, level)
    self.noise = noise
  }

  /// The number of the field or pattern of index `slot` in an impression.
  @inline(__always)
  func uniform(slot: Int, _ impression: Impression, _ world: SyntheticWorld) -> Double {
    let own = impression.uniform(slot: slot)
    guard own >= noise else { return own / noise }
    return world.trait(slot: slot, node: impression.nodes[place])
  }
}

/// When a field is absent, and what is written then.
///
/// Fields of one pattern are absent together: a pattern is a trait, and a field is absent where the
/// trait's number is in its range. The length of the range is the share of absent values.
struct Absence: Sendable {
  let pattern: Int
  /// The numbers of the pattern at which the field is absent.
  let range: Range<Double>
  /// What is written, in the field's notation; nil writes nothing.
  let written: Int?
}
