import Platform

/// A uniform sample of the rows of a pass: labels, and the hash or number in each field.
///
/// Whether a row is kept depends on its position alone: the low bits of its random number must be
/// zero, one more bit each time the sample is full.
public final class RowSample {
  static let capacity = 1 << 17
  /// The maximum number of keys of all rows, of which a sample of many fields has fewer.
  private static let maxKeys = 1 << 23

  /// The key of a blank.
  public static let blank = FieldStatistics.blank

  private let fields: Int
  private let capacity: Int
  private let random = CounterRandom(seed: 0, stream: 0x73616d706c65)
  private var level: UInt64 = 0
  private var bits: [UInt64] = []
  private var clicks: [Bool] = []
  private var keys: [UInt64] = []

  init(fields: Int) {
    self.fields = fields
    capacity = min(Self.capacity, max(1 << 10, Self.maxKeys / max(1, fields)))
  }

  /// Rows in the sample.
  public var rows: Int { bits.count }
  /// Whether a row was clicked.
  public func isClick(_ row: Int) -> Bool { clicks[row] }
  /// Whether a row is in the half that is held out.
  public func isHeldOut(_ row: Int) -> Bool { bits[row] >> 63 == 1 }
  /// The key of a row's value in a field: equal values have equal keys; a number's key is its bits.
  public func key(_ row: Int, field: Int) -> UInt64 { keys[row * fields + field] }

  /// Samples a row or drops it; what a scan found in field f is `found[f * stride]`.
  @inline(__always)
  func see(position: UInt64, isClick: Bool, _ found: UnsafePointer<UInt64>, stride: Int) {
    let drawn = random.bits(position)
    guard drawn & ((1 << level) &- 1) == 0 else { return }
    if bits.count == capacity { thin() }
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
