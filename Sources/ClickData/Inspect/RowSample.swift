import Platform

/// A uniform sample of the rows of a pass, in bounded memory: labels, and for each field the hash or number found.
///
/// Whether a row is kept depends on its position alone: on the low bits of a random number, more of which must be
/// zero each time the sample is full.
public final class RowSample {
  static let most = 1 << 17

  /// Stands for a blank.
  public static let blank = UInt64.max

  private let fields: Int
  private let random = CounterRandom(seed: 0, stream: 0x73616d706c65)
  private var level: UInt64 = 0
  private var bits: [UInt64] = []
  private var clicks: [Bool] = []
  private var keys: [UInt64] = []

  init(fields: Int) { self.fields = fields }

  /// Rows in the sample.
  public var rows: Int { bits.count }
  /// Whether a row was clicked.
  public func isClick(_ row: Int) -> Bool { clicks[row] }
  /// Whether a row is of the half that is held out.
  public func isHeldOut(_ row: Int) -> Bool { bits[row] >> 63 == 1 }
  /// What a row holds in a field: equal keys are equal values; a number's key is its bits.
  public func key(_ row: Int, field: Int) -> UInt64 { keys[row * fields + field] }

  /// Takes a row, whose field f holds `found[f * stride]`, or leaves it.
  @inline(__always)
  func see(
    position: UInt64, isClick: Bool, _ found: UnsafePointer<UInt64>, stride: Int
  ) {
    let drawn = random.bits(position)
    guard drawn & ((1 << level) &- 1) == 0 else { return }
    if bits.count == Self.most { thin() }
    guard drawn & ((1 << level) &- 1) == 0 else { return }
    bits.append(drawn)
    clicks.append(isClick)
    for field in 0..<fields { keys.append(found[field &* stride]) }
  }

  private func thin() {
    level += 1
    let kept = bits.indices.filter { bits[$0] & ((1 << level) - 1) == 0 }
    keys = kept.flatMap { keys[$0 * fields..<($0 + 1) * fields] }
    clicks = kept.map { clicks[$0] }
    bits = kept.map { bits[$0] }
  }
}
