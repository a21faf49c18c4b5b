import LinearAlgebra

/// A logit as an unsigned integer of its size with the same order.
typealias LogitKey = Scalar.RawSignificand

extension LogitKey {
  private static let signBit: LogitKey = 1 << (LogitKey.bitWidth - 1)

  /// Orders keys as logits: `a < b` exactly where `key(a) < key(b)`, and -0 has the key of +0.
  @inline(__always)
  init(ordering logit: Scalar) {
    // Adding zero turns -0 into +0.
    let bits = (logit + 0).bitPattern
    self = bits & Self.signBit == 0 ? bits | Self.signBit : ~bits
  }

  /// The logit of a key.
  var logit: Scalar { Scalar(bitPattern: self & Self.signBit == 0 ? ~self : self & ~Self.signBit) }
}

/// Sorts unsigned integers digit by digit, the lowest first, in a fixed number of passes.
enum RadixSort<Key: FixedWidthInteger & UnsignedInteger> {
  private static var digitBits: Int { 11 }
  private static var buckets: Int { 1 << digitBits }

  /// Sorts in ascending order, with a second buffer as long as the first.
  static func sort(_ keys: inout [Key]) {
    guard keys.count > 1 else { return }
    let passes = (Key.bitWidth + digitBits - 1) / digitBits
    var histogram = counts(keys, passes: passes)
    var scratch = [Key](repeating: 0, count: keys.count)
    for pass in 0..<passes {
      let starts = pass * buckets
      let first = starts + digit(keys[0], pass)
      // A digit that all keys share moves none of them.
      guard histogram[first] < keys.count else { continue }
      var offset = 0
      for bucket in starts..<starts + buckets {
        (histogram[bucket], offset) = (offset, offset + histogram[bucket])
      }
      scatter(keys, into: &scratch, offsets: &histogram, pass: pass)
      swap(&keys, &scratch)
    }
  }

  /// Sorts keys and what belongs to them; equal keys stay in their order.
  static func sort<Value>(
    _ keys: inout [Key], carrying values: inout [Value]
  ) {
    precondition(keys.count == values.count, "RadixSort: \(values.count) values")
    guard keys.count > 1 else { return }
    let passes = (Key.bitWidth + digitBits - 1) / digitBits
    let histogram = counts(keys, passes: passes)
    var (nextKeys, nextValues) = (keys, values)
    for pass in 0..<passes {
      let counts = histogram[pass * buckets..<(pass + 1) * buckets]
      guard counts.allSatisfy({ $0 < keys.count }) else { continue }
      var offset = 0
      var offsets = counts.map { count in
        defer { offset += count }
        return offset
      }
      for (key, value) in zip(keys, values) {
        let place = offsets[digit(key, pass)]
        offsets[digit(key, pass)] += 1
        (nextKeys[place], nextValues[place]) = (key, value)
      }
      swap(&keys, &nextKeys)
      swap(&values, &nextValues)
    }
  }

  private static func counts(_ keys: [Key], passes: Int) -> [Int] {
    var histogram = [Int](repeating: 0, count: passes * buckets)
    histogram.withUnsafeMutableBufferPointer { histogram in
      for key in keys {
        for pass in 0..<passes { histogram[pass * buckets + digit(key, pass)] += 1 }
      }
    }
    return histogram
  }

  private static func scatter(
    _ keys: [Key], into result: inout [Key], offsets: inout [Int], pass: Int
  ) {
    let starts = pass * buckets
    result.withUnsafeMutableBufferPointer { result in
      offsets.withUnsafeMutableBufferPointer { offsets in
        for key in keys {
          let bucket = starts + digit(key, pass)
          result[offsets[bucket]] = key
          offsets[bucket] += 1
        }
      }
    }
  }

  @inline(__always)
  private static func digit(_ key: Key, _ pass: Int) -> Int {
    Int(truncatingIfNeeded: key >> Key(truncatingIfNeeded: pass * digitBits)) & (buckets - 1)
  }
}
