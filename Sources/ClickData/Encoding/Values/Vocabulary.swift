import CVector
import CXXHash
import Foundation
import Glibc
import Platform

/// The values of a categorical field that have separate ids, as in FuxiCTR.
///
/// Value n, from 1, has id n; every other text is *out of vocabulary* and has the id after those of
/// all values, `count + 1`: a table has `count + 2` rows. The empty text is `blank`. Values that
/// are appended later have the ids that follow, so that every earlier id keeps its row.
///
/// In memory as in its file, one value per line; a `ProbeTable` finds them. Immutable.
public final class Vocabulary: @unchecked Sendable {
  /// What the empty text is.
  public enum Blank: String, Sendable {
    /// Out of vocabulary, as in FuxiCTR; no text has id 0.
    case unknown
    /// The missing value, which has id 0.
    case missing
  }

  /// The number of values.
  public let count: Int
  /// The number of values whose ids are below that of texts out of vocabulary: all of them, unless
  /// some were appended later.
  public let firstCount: Int
  /// What the empty text is.
  public let blank: Blank

  /// Finds the ids of texts; valid as long as the vocabulary exists.
  ///
  /// A copy needs no reference counting in inner loops.
  struct Lookup {
    fileprivate let lines: UnsafeMutablePointer<UInt8>
    /// Where the line of each id from 1 starts, and the end of the last one; that of texts out of
    /// vocabulary is empty.
    fileprivate let starts: UnsafeMutablePointer<Int>
    fileprivate let table: ProbeTable
    /// The id of every text that is not a value, and of the empty text.
    let unknown: UInt32, blank: UInt32

    /// The id of a text that is not empty.
    @inline(__always)
    func id(_ text: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
      id(text, length, hash: ValueCounts.hash(text, length))
    }

    @inline(__always)
    func id(_ text: UnsafePointer<UInt8>, _ length: Int, hash: UInt64) -> UInt32 {
      let found = table.find(hash) { number in
        let start = starts[Int(number) &- 1]
        return starts[Int(number)] &- start &- 1 == length
          && memcmp(lines + start, text, length) == 0
      }.number
      return found == 0 ? unknown : found
    }

    /// Prefetches the slot that probably holds a text's number.
    @inline(__always)
    func prefetchSlot(_ hash: UInt64) { table.prefetch(hash) }

    /// Prefetches the start of the line of the number in that slot.
    @inline(__always)
    func prefetchStart(_ hash: UInt64) {
      let number = table.guess(hash)
      if number > 0 { sfg_prefetch(starts.advanced(by: Int(number) &- 1)) }
    }

    @inline(__always)
    func prefetchLine(_ hash: UInt64) {
      let number = table.guess(hash)
      if number > 0 { sfg_prefetch(lines.advanced(by: starts[Int(number) &- 1])) }
    }
  }

  let lookup: Lookup
  private let lines: UnsafeMutableBufferPointer<UInt8>

  /// Takes ownership of the values as lines; every line ends with LF.
  ///
  /// The values from `firstCount` on were appended later; nil if none were.
  init(
    lines: UnsafeMutableBufferPointer<UInt8>, blank: Blank = .unknown, firstCount: Int? = nil
  ) {
    self.lines = lines
    self.blank = blank
    count = lines.count { $0 == 0x0a }
    let firstCount = firstCount ?? count
    self.firstCount = firstCount
    precondition(count < Int(UInt32.max) - 1, "Vocabulary: \(count) values")
    precondition(0...count ~= firstCount, "Vocabulary: \(firstCount) of \(count) values first")
    let starts = UnsafeMutablePointer<Int>.allocate(capacity: count + 2)
    starts[0] = 0
    var table = ProbeTable(capacity: count)
    guard let text = lines.baseAddress else { preconditionFailure("Vocabulary: no memory") }
    var id = 0
    for end in lines.indices where lines[end] == 0x0a {
      if id == firstCount {
        id += 1
        starts[id] = starts[id - 1]
      }
      let hash = ValueCounts.hash(text + starts[id], end - starts[id])
      id += 1
      starts[id] = end + 1
      table.put(UInt32(id), hash: hash, at: table.find(hash) { _ in false }.slot)
    }
    let unknown = UInt32(firstCount + 1)
    lookup = Lookup(
      lines: text, starts: starts, table: table, unknown: unknown,
      blank: blank == .missing ? 0 : unknown)
  }

  deinit {
    lookup.table.deallocate()
    lookup.starts.deallocate()
    lines.deallocate()
  }

  var rows: Int { count + 2 }

  /// The values as bytes, in the order of their ids; a copy.
  public var values: [Data] {
    lines.split(separator: 0x0a, omittingEmptySubsequences: false).prefix(count).map {
      Data($0)
    }
  }

  /// The ids of the values, in their order.
  public var ids: [Int] { Array(1..<firstCount + 1) + Array(firstCount + 2..<count + 2) }

  /// The same values with others behind them, given as lines, whose ids follow all others.
  func appending(_ more: UnsafeMutableBufferPointer<UInt8>) -> Vocabulary {
    let all = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: lines.count + more.count)
    _ = all.initialize(fromContentsOf: lines)
    _ = all[lines.count...].initialize(fromContentsOf: more)
    return Vocabulary(lines: all, blank: blank, firstCount: firstCount)
  }

  /// Bytes of memory.
  public var bytes: Int { lines.count + (count + 2) * MemoryLayout<Int>.size + lookup.table.bytes }

  /// The checksum of the lines, XXH3-64 with seed 0.
  var checksum: UInt64 { sfg_xxh3_64(lines.baseAddress, lines.count, 0) }

  func save(to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(UnsafeRawBufferPointer(lines))
    try file.commit()
  }

  /// Bytes of the values as text, one per line.
  var textBytes: Int { lines.count }

  /// Reads lines back, up to `limit` bytes; the caller verifies them.
  ///
  /// `unknown` is the id of texts out of vocabulary; nil if it follows those of all values.
  static func read(
    _ path: String, blank: Blank, unknown: Int? = nil, limit: Int
  ) throws -> Vocabulary? {
    let bytes = try WholeFile.read(path, .init("a vocabulary", limit: limit))
    if let unknown, unknown > bytes.count(where: { $0 == 0x0a }) + 1 { return nil }
    let lines = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = lines.initialize(fromContentsOf: bytes)
    return Vocabulary(lines: lines, blank: blank, firstCount: unknown.map { $0 - 1 })
  }
}

extension Vocabulary: Equatable {
  /// Whether both give every text the same id.
  public static func == (one: Vocabulary, other: Vocabulary) -> Bool {
    one === other
      || one.blank == other.blank && one.firstCount == other.firstCount
        && one.lines.elementsEqual(other.lines)
  }
}

/// The look-ups of a row's values in vocabularies, interleaved.
///
/// Each is three dependent reads from memory that is seldom in a cache: a slot, the start of a
/// line, the line. One after another they would take most of a row's time. Each row starts with a
/// copy without look-ups.
struct VocabularyLookups {
  private struct Pending {
    var lookup: Vocabulary.Lookup
    var text: UnsafePointer<UInt8>
    var length: Int
    var hash: UInt64
    var word: Int
  }

  private let pending: UnsafeMutablePointer<Pending>
  private var count = 0

  init(capacity: Int) { pending = .allocate(capacity: capacity) }

  func deallocate() { pending.deallocate() }

  /// Starts the look-up of a text that is not empty, whose id belongs in a word of the record.
  @inline(__always)
  mutating func add(
    _ lookup: Vocabulary.Lookup, _ text: UnsafePointer<UInt8>, _ length: Int, word: Int
  ) {
    let hash = ValueCounts.hash(text, length)
    lookup.prefetchSlot(hash)
    (pending + count).initialize(
      to: Pending(lookup: lookup, text: text, length: length, hash: hash, word: word))
    count &+= 1
  }

  /// Finishes all look-ups and writes their ids.
  @inline(__always)
  func finish(into record: UnsafeMutablePointer<UInt32>) {
    for index in 0..<count { pending[index].lookup.prefetchStart(pending[index].hash) }
    for index in 0..<count { pending[index].lookup.prefetchLine(pending[index].hash) }
    for index in 0..<count {
      let value = pending[index]
      record[value.word] = value.lookup.id(value.text, value.length, hash: value.hash)
    }
  }
}
