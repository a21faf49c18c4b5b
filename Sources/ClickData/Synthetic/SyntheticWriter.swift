import Glibc

/// Writes the rows of a world as text.
///
/// The columns are in unmanaged memory: reading a Swift array for each row would count references,
/// and threads that count references of the same array wait for each other.
final class SyntheticWriter: @unchecked Sendable {
  let world: SyntheticWorld
  /// The smallest number of 19 digits; a word has at most 20.
  private static let minIdentifier: UInt = 1_000_000_000_000_000_000
  private let separator: UInt8
  private let columns: UnsafeMutableBufferPointer<SyntheticField>
  private let patterns: UnsafeMutableBufferPointer<Trait>

  init(_ layout: SyntheticLayout, seed: UInt64) {
    precondition(layout.patterns.count <= 8 && layout.columns.count <= 48, "too many draws per row")
    world = SyntheticWorld(
      user: layout.user, ad: layout.ad, context: layout.context, clickRate: layout.clickRate,
      seed: seed)
    separator = layout.separator
    columns = .allocate(capacity: layout.columns.count)
    _ = columns.initialize(from: layout.columns)
    patterns = .allocate(capacity: layout.patterns.count)
    _ = patterns.initialize(from: layout.patterns)
  }

  deinit {
    columns.deallocate()
    patterns.deallocate()
  }

  /// Writes a row and its line end; returns its label and the probability that it was drawn with.
  func write(_ row: UInt64, to text: inout RowText) -> (click: Bool, probability: Double) {
    let impression = world.impression(row)
    let probability = world.clickProbability(impression)
    let click = impression.uniform(.click) < probability
    var absences = SIMD8<Double>.zero
    for index in patterns.indices {
      // The slots of patterns follow those of the columns.
      absences[index] = patterns[index].uniform(slot: columns.count + index, impression, world)
    }
    for index in columns.indices {
      if index > 0 { text.byte(separator) }
      if let absence = columns[index].absence, absence.range.contains(absences[absence.pattern]) {
        if let written = absence.written { write(written, columns[index].source, to: &text) }
      } else {
        write(columns[index].source, slot: index, impression, click, to: &text)
      }
    }
    text.byte(UInt8(ascii: "\n"))
    return (click, probability)
  }

  /// Writes the replacement of an absent value, in the field's notation.
  @inline(__always)
  private func write(_ absent: Int, _ source: SyntheticField.Source, to text: inout RowText) {
    if case .category(let category) = source, case .hexadecimal = category.notation {
      text.hexadecimal(UInt32(absent))
    } else {
      text.decimal(absent)
    }
  }

  @inline(__always)
  private func write(
    _ source: SyntheticField.Source, slot: Int, _ impression: Impression, _ click: Bool,
    to text: inout RowText
  ) {
    switch source {
    case .category(let category):
      let value = category.law.value(category.trait.uniform(slot: slot, impression, world))
      switch category.notation {
      case .hexadecimal: text.hexadecimal(world.name(slot: slot, value: value))
      case .integer(let first, let step): text.decimal(first + step * value)
      case .listed(let values): text.decimal(Int(values[value]))
      }
    case .count(let count): text.decimal(count.value(slot: slot, impression))
    case .identifier:
      let bits = UInt(impression.bits(.identifier))
      text.decimal(Self.minIdentifier + bits % (UInt.max - Self.minIdentifier + 1))
    case .hour(let trait):
      let day = Int(impression.uniform(.day) * 10)
      let hour = Self.hour(trait.uniform(slot: slot, impression, world))
      text.decimal(14_102_100 + 100 * day + hour)
    case .click: text.byte(UInt8(ascii: click ? "1" : "0"))
    }
  }

  /// The hour at a share of the day's traffic, three times as dense at noon as at midnight.
  @inline(__always)
  private static func hour(_ share: Double) -> Int {
    // The density of t = s + sin(2πs) / 4π is 1 / (1 + cos(2πs) / 2): 2/3 at s = 0, 2 at s = 1/2.
    Int(24 * (share + sin(2 * .pi * share) / (4 * .pi)))
  }
}

extension SyntheticField.Count {
  @inline(__always)
  func value(slot: Int, _ impression: Impression) -> Int {
    // The sum of four uniform 16-bit numbers has mean 2·65535 and variance (65536² − 1) / 3.
    let bits = impression.bits(slot: slot)
    let parts = unsafeBitCast(bits.littleEndian, to: SIMD4<UInt16>.self)
    let sum = SIMD4<Float>(parts).sum()
    let noise = (sum - 131_070) * (3 / Float(65_536.0 * 65_536.0 - 1)).squareRoot()
    let z = loading * impression.latent(kind)[axis] + (1 - loading * loading).squareRoot() * noise
    if z < floor { return max(-3, -1 - Int(floor - z)) }
    return Int(scale * exp(spread * z))
  }
}
