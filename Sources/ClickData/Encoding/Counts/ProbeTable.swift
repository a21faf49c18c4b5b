import CVector

/// An open-addressing hash table of numbers; its user compares the texts that the numbers identify.
///
/// A slot is one word: 32 bits of the hash above a number from 1, so that nearly every probe of
/// another entry ends without a comparison of texts; 0 is a free slot. At most two of three slots
/// are taken, and probing is linear. The high bits of the hash select the slot, the low ones are
/// stored.
struct ProbeTable {
  private var slots: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  /// The numbers in the table.
  private(set) var count = 0

  init(capacity numbers: Int) {
    capacity = max(16, numbers + numbers / 2 + 1)
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
  }

  func deallocate() { slots.deallocate() }
  var bytes: Int { capacity * MemoryLayout<UInt64>.size }

  /// Whether one more number needs a larger table.
  var isFull: Bool { (count + 1) * 3 > capacity * 2 }

  /// The first slot that a look-up of a hash probes.
  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(capacity)).high)
  }

  /// Prefetches the first slot that a look-up of a hash probes.
  @inline(__always)
  func prefetch(_ hash: UInt64) { sfg_prefetch(slots + slot(of: hash)) }

  /// The number in the first slot that is probed, of any hash; 0 where the slot is free.
  @inline(__always)
  func guess(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slots[slot(of: hash)]) }

  /// The number with this hash that `matches`, or 0; and the slot where it is or would be.
  @inline(__always)
  func find(_ hash: UInt64, matches: (UInt32) -> Bool) -> (number: UInt32, slot: Int) {
    var slot = slot(of: hash)
    let tag = UInt32(truncatingIfNeeded: hash)
    while true {
      let found = slots[slot]
      let number = UInt32(truncatingIfNeeded: found)
      if number == 0 || UInt32(truncatingIfNeeded: found >> 32) == tag && matches(number) {
        return (number, slot)
      }
      slot &+= 1
      if slot == capacity { slot = 0 }
    }
  }

  /// Stores a number in the free slot that `find` returned.
  @inline(__always)
  mutating func put(_ number: UInt32, hash: UInt64, at slot: Int) {
    slots[slot] = UInt64(UInt32(truncatingIfNeeded: hash)) << 32 | UInt64(number)
    count &+= 1
  }
}
