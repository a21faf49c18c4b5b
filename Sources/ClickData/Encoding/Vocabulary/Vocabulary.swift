import CVector
import CXXHash
import Glibc
import Platform

/// The values of a categorical field that have ids of their own, as FuxiCTR gives them.
///
/// Value n, from 1, has id n; every other text, the empty one too, is *out of vocabulary* and has the last id, `count + 1`.
/// Id 0 is padding, which no text has: a table has `count + 2` rows.
///
/// In memory as in its file, a value a line; a `ProbeTable` finds them. It never changes.
public final class Vocabulary: @unchecked Sendable {
  /// How many values have ids of their own.
  public let count: Int

  /// Finds the ids of texts, while the vocabulary lives: a copy costs no reference count in an inner loop.
  struct Lookup {
    fileprivate let lines: UnsafeMutablePointer<UInt8>
    /// Where each value's line begins, and the end.
    fileprivate let starts: UnsafeMutablePointer<Int>
    fileprivate let table: ProbeTable
    /// The id of every text that has none of its own.
    let unknown: UInt32

    /// The id of a text that is not empty.
    @inline(__always)
    func id(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
      id(text, length, hash: ValueCounts.hash(text, length))
    }

    /// The id of a text whose hash is known.
    @inline(__always)
    func id(_ text: UnsafePointer<UInt8>, _ length: Int, hash: UInt64) -> UInt32 {
      let found = table.find(hash) { number in
        let start = starts[Int(number) &- 1]
        return starts[Int(number)] &- start &- 1 == length
          && memcmp(lines + start, text, length) == 0
      }.number
      return found == 0 ? unknown : found
    }

    /// Asks for the slot where a text's number is probably found.
    @inline(__always)
    func prefetchSlot(_ hash: UInt64) { table.prefetch(hash) }

    /// Asks for the place of the number that the slot holds.
    @inline(__always)
    func prefetchStart(_ hash: UInt64) {
      let number = table.guess(hash)
      if number > 0 { sfg_prefetch(starts.advanced(by: Int(number) &- 1)) }
    }

    /// Asks for that number's text.
    @inline(__always)
    func prefetchLine(_ hash: UInt64) {
      let number = table.guess(hash)
      if number > 0 { sfg_prefetch(lines.advanced(by: starts[Int(number) &- 1])) }
    }
  }

  let lookup: Lookup
  private let lines: UnsafeMutableBufferPointer<UInt8>

  /// Takes the values as lines, which it owns from now on; every line ends with LF.
  init(lines: UnsafeMutableBufferPointer<UInt8>) {
    self.lines = lines
    count = lines.count { $0 == 0x0a }
    precondition(count < Int(UInt32.max) - 1, "Vocabulary: \(count) values")
    let starts = UnsafeMutablePointer<Int>.allocate(capacity: count + 1)
    starts[0] = 0
    var table = ProbeTable(room: count)
    guard let text = lines.baseAddress else { preconditionFailure("Vocabulary: no memory") }
    var line = 0
    for end in lines.indices where lines[end] == 0x0a {
      let hash = ValueCounts.hash(text + starts[line], end - starts[line])
      line += 1
      starts[line] = end + 1
      table.put(UInt32(line), hash: hash, at: table.find(hash) { _ in false }.slot)
    }
    lookup = Lookup(lines: text, starts: starts, table: table, unknown: UInt32(count + 1))
  }

  deinit {
    lookup.table.deallocate()
    lookup.starts.deallocate()
    lines.deallocate()
  }

  /// Rows of the field's table.
  var rows: Int { count + 2 }

  /// Bytes of memory.
  public var bytes: Int {
    lines.count + (count + 1) * MemoryLayout<Int>.size + lookup.table.bytes
  }

  /// The checksum of the lines, XXH3-64 with seed 0.
  var checksum: UInt64 { sfg_xxh3_64(lines.baseAddress, lines.count, 0) }

  /// Writes the lines, atomically.
  func save(to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(UnsafeRawBufferPointer(lines))
    try file.commit()
  }

  /// Reads lines back; what they are is the caller's to check.
  static func read(_ path: String) throws -> Vocabulary {
    let bytes = try WholeFile.read(path)
    let lines = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = lines.initialize(fromContentsOf: bytes)
    return Vocabulary(lines: lines)
  }
}

extension Vocabulary: Equatable {
  /// Whether two give every text the same id.
  public static func == (one: Vocabulary, other: Vocabulary) -> Bool {
    one.lines.elementsEqual(other.lines)
  }
}
