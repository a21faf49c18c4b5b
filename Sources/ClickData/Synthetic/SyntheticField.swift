/// One column: when it has no value of its own, and what drives its value.
struct SyntheticField: Sendable {
  /// What a column's values come from.
  enum Source: Sendable {
    case category(Category)
    case count(Count)
    /// A random number of 19 or 20 digits, in practice no other row's.
    case identifier
    /// YYMMDDHH within ten days, the time of day read from a trait.
    case hour(Trait)
    /// The label, where it is not the first column.
    case click
  }

  let source: Source
  let absence: Absence?
}

extension SyntheticField {
  /// A categorical field: a long-tailed value that a node determines, up to noise.
  struct Category: Sendable {
    /// How a value is written.
    enum Notation: Sendable {
      /// Eight hexadecimal digits, a name drawn for each value.
      case hexadecimal
      /// The integer `first + step·value`.
      case integer(first: Int, step: Int)
      /// One of at most 16 listed integers, the commonest first.
      case listed(SIMD16<Int32>)
    }

    let trait: Trait
    let law: PowerLaw
    let notation: Notation
  }

  /// A numeric field: a heavy-tailed count, a noisy monotone function of one coordinate of a latent vector.
  ///
  /// With `z = loading·latent[axis] + √(1 − loading²)·noise`, of about unit variance, the value is
  /// `⌊scale·exp(spread·z)⌋`, and where `z < floor` it is −1, −2 or −3, one less for each unit below.
  struct Count: Sendable {
    let kind: EntityKind
    let axis: Int
    let loading: Float
    let scale: Float
    let spread: Float
    let floor: Float
  }
}
