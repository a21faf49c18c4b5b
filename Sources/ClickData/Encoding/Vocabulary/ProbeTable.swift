import CVector

/// An open-addressing table that finds numbers by hash: what a number stands for is its user's to compare.
///
/// A slot is one word, 32 bits of the hash over a number from 1, so that nearly every probe that meets another
/// entry ends without looking at what that stands for; 0 is a free slot. At most two of three slots are taken, and probes go
/// from slot to slot. Of the hash, the high bits choose the slot and the low ones are kept.
struct ProbeTable {
  private var slots: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  /// How many numbers it holds.
  private(set) var count = 0

  /// Makes room for so many numbers.
  init(room: Int) {
    capacity = max(16, room + room / 2 + 1)
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
  }

  /// Gives the memory back.
  func deallocate() { slots.deallocate() }

  /// Bytes of memory.
  var bytes: Int { capacity * MemoryLayout<UInt64>.size }

  /// Whether one more number needs a larger table.
  var isFull: Bool { (count + 1) * 3 > capacity * 2 }

  /// The first slot that a hash is looked for in.
  @inline(__always)
  private func slot(of hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(capacity)).high)
  }

  /// Asks for the first slot that a hash will be looked for in.
  @inline(__always)
  func prefetch(_ hash: UInt64) { sfg_prefetch(slots + slot(of: hash)) }

  /// What the first slot that a hash is looked for in holds, whether it is of that hash or not; 0 where it is free.
  @inline(__always)
  func guess(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slots[slot(of: hash)]) }

  /// The number whose hash this is and which `matches`, or 0; and the slot where it is or would be.
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

  /// Puts a number into the free slot that `find` gave.
  @inline(__always)
  mutating func put(_ number: UInt32, hash: UInt64, at slot: Int) {
    slots[slot] = UInt64(UInt32(truncatingIfNeeded: hash)) << 32 | UInt64(number)
    count &+= 1
  }
}
