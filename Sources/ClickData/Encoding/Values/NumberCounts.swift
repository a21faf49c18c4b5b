import Platform

/// Exact counts of the distinct numbers of a field, in ascending order; both zeros are one number.
final class NumberCounts {
  private let counts = SpillingCounts(.ordered)
  /// The numbers counted, with repetitions.
  private(set) var total = 0

  /// Counts the number that a text of a good row holds, and returns it.
  @inline(__always)
  func add(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Double {
    let number = NumberParser.parse(text, count)
    var key = Self.key(number).bigEndian
    withUnsafeBytes(of: &key) { bytes in
      bytes.withMemoryRebound(to: UInt8.self) { bytes in
        if let start = bytes.baseAddress { counts.add(start, bytes.count) }
      }
    }
    total += 1
    return number
  }

  var bytes: Int { counts.bytes }
  func spill(to file: SpillFile) throws { try counts.spill(to: file) }

  /// Calls `body` with each number and its count, in ascending order.
  func forEach(_ spill: SpillFile?, _ body: (Double, Int) throws -> Void) throws {
    try counts.forEachPart(spill) { part in
      for (key, count) in Self.sorted(part) { try body(Self.number(key), count) }
    }
  }

  private static func sorted(_ counts: ValueCounts) -> [(key: UInt64, count: Int)] {
    var numbers: [(key: UInt64, count: Int)] = []
    numbers.reserveCapacity(counts.count)
    counts.forEach { entry in
      let key = UnsafeRawPointer(entry.text).loadUnaligned(as: UInt64.self)
      numbers.append((UInt64(bigEndian: key), entry.count))
    }
    return numbers.sorted { $0.key < $1.key }
  }

  /// A number's bits in the order of the numbers; both zeros have the same key.
  private static func key(_ number: Double) -> UInt64 {
    let bits = (number + 0).bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  private static func number(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }
}
