import CXXHash
import Glibc

/// Counts how often each distinct text occurs.
///
/// Entries are contiguous in one block of memory, each a word `count · 2²⁴ + length` and the bytes,
/// padded to eight; a `ProbeTable` finds them. An entry's number is its offset in words, from 1.
final class ValueCounts {
  /// An entry: a text and its count, valid until the next one is added.
  struct Entry {
    let text: UnsafePointer<UInt8>
    let length: Int
    let count: Int

    var hash: UInt64 { ValueCounts.hash(text, length) }
    var bytes: UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(
        start: UnsafeRawPointer(text) - ValueCounts.word, count: ValueCounts.size(of: length))
    }
  }

  fileprivate static let word = 8
  private static let lengthBits: UInt64 = 24
  private static let lengthMask: UInt64 = 1 << lengthBits - 1

  private var table = ProbeTable(capacity: 8)
  private var memory: UnsafeMutableRawPointer
  private var used = 0
  private var capacity = 1 << 9

  init() {
    memory = .allocate(byteCount: capacity, alignment: Self.word)
  }

  deinit {
    table.deallocate()
    memory.deallocate()
  }

  var count: Int { table.count }
  var bytes: Int { table.bytes + capacity }

  /// The hash by which texts are found.
  @inline(__always)
  static func hash(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    sfg_xxh3_64(text, length, 0)
  }

  /// Counts a text, which is shorter than 16 MiB, as lines are.
  @inline(__always)
  func add(_ text: UnsafePointer<UInt8>, _ length: Int, times: Int = 1) {
    let hash = Self.hash(text, length)
    let (number, slot) = table.find(hash) { number in
      let entry = place(number)
      return entry.load(as: UInt64.self) & Self.lengthMask == UInt64(length)
        && memcmp(entry + Self.word, text, length) == 0
    }
    guard number == 0 else {
      let entry = place(number)
      entry.storeBytes(
        of: entry.load(as: UInt64.self) &+ UInt64(times) << Self.lengthBits, as: UInt64.self)
      return
    }
    insert(text, length, times, hash, slot)
  }

  /// Calls `body` with every entry, in the order in which the texts first occurred.
  func forEach(_ body: (Entry) throws -> Void) rethrows {
    var offset = 0
    while offset < used {
      let entry = self.entry(at: offset)
      try body(entry)
      offset += Self.size(of: entry.length)
    }
  }

  func entry(at offset: Int) -> Entry {
    let header = memory.load(fromByteOffset: offset, as: UInt64.self)
    return Entry(
      text: (memory + offset + Self.word).assumingMemoryBound(to: UInt8.self),
      length: Int(header & Self.lengthMask), count: Int(header >> Self.lengthBits))
  }

  /// Adds entries in the form of `Entry.bytes`.
  func add(entries: UnsafeRawBufferPointer) {
    guard let start = entries.baseAddress else { return }
    var offset = 0
    while offset < entries.count {
      let header = entries.load(fromByteOffset: offset, as: UInt64.self)
      let length = Int(header & Self.lengthMask)
      add(
        (start + offset + Self.word).assumingMemoryBound(to: UInt8.self), length,
        times: Int(header >> Self.lengthBits))
      offset += Self.size(of: length)
    }
  }

  fileprivate static func size(of length: Int) -> Int { word + (length + word - 1) / word * word }

  @inline(__always)
  private func place(_ number: UInt32) -> UnsafeMutableRawPointer {
    memory + (Int(number) &- 1) &* Self.word
  }

  private func insert(
    _ text: UnsafePointer<UInt8>, _ length: Int, _ times: Int, _ hash: UInt64, _ slot: Int
  ) {
    precondition(
      length <= Int(Self.lengthMask) && used / Self.word < Int(UInt32.max),
      "ValueCounts: \(length) bytes after \(used)")
    let size = Self.size(of: length)
    if used + size > capacity { growMemory(to: used + size) }
    let entry = memory + used
    // Clears the padding too, because entries are written to files as they are.
    entry.storeBytes(of: 0, toByteOffset: size - Self.word, as: UInt64.self)
    entry.storeBytes(of: UInt64(times) << Self.lengthBits | UInt64(length), as: UInt64.self)
    (entry + Self.word).copyMemory(from: text, byteCount: length)
    table.put(UInt32(used / Self.word + 1), hash: hash, at: slot)
    used += size
    if table.isFull { growTable() }
  }

  private func growMemory(to needed: Int) {
    capacity = max(2 * capacity, needed)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: Self.word)
    larger.copyMemory(from: memory, byteCount: used)
    memory.deallocate()
    memory = larger
  }

  private func growTable() {
    table.deallocate()
    table = ProbeTable(capacity: 2 * table.count)
    var offset = 0
    while offset < used {
      let entry = self.entry(at: offset)
      let hash = entry.hash
      table.put(
        UInt32(offset / Self.word + 1), hash: hash, at: table.find(hash) { _ in false }.slot)
      offset += Self.size(of: entry.length)
    }
  }
}
