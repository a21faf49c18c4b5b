import Glibc

/// Exact counts of distinct texts whose memory can be put off to a file and counted together part by part.
///
/// A part is chosen by a text alone, so all that is known of a text comes together in one part, however often the memory was
/// emptied in between.
final class SpillingCounts {
  /// What chooses a text's part.
  enum Parts {
    /// Six bits of the hash: 64 parts of much the same size.
    case hashed
    /// The first two bytes: the parts follow one another in the order of their texts.
    case ordered

    fileprivate func part(of entry: ValueCounts.Entry) -> Int {
      switch self {
      // The lowest bits, which a table's slots do not depend on.
      case .hashed: Int(truncatingIfNeeded: entry.hash & 63)
      case .ordered: entry.length < 2 ? 0 : Int(entry.text[0]) << 8 | Int(entry.text[1])
      }
    }
  }

  private let parts: Parts
  private var counts = ValueCounts()
  private var segments: [Int: [CountSpill.Segment]] = [:]

  init(_ parts: Parts) { self.parts = parts }

  /// Bytes of memory.
  var bytes: Int { counts.bytes }

  /// Counts a text.
  @inline(__always)
  func add(_ text: UnsafePointer<UInt8>, _ length: Int) { counts.add(text, length) }

  /// Puts off what is in memory to a file.
  func spill(to file: CountSpill) throws {
    for (part, offsets) in grouped() {
      var buffer: [UInt8] = []
      for offset in offsets { buffer.append(contentsOf: counts.entry(at: offset).bytes) }
      let segment = try buffer.withUnsafeBytes(file.append)
      segments[part, default: []].append(segment)
    }
    counts = ValueCounts()
  }

  /// Gives the counts part by part, in the order of the parts; where nothing was put off, all are one part.
  func forEachPart(_ file: CountSpill?, _ body: (ValueCounts) throws -> Void) throws {
    guard let file, !segments.isEmpty else { return try body(counts) }
    try spill(to: file)
    for (_, segments) in segments.sorted(by: { $0.key < $1.key }) {
      let part = ValueCounts()
      for segment in segments { try file.read(segment) { part.add(entries: $0) } }
      try body(part)
    }
  }

  /// The places of the entries of each part.
  private func grouped() -> [(part: Int, offsets: [Int])] {
    var groups: [Int: [Int]] = [:]
    var offset = 0
    counts.forEach { entry in
      groups[parts.part(of: entry), default: []].append(offset)
      offset += entry.bytes.count
    }
    return groups.map { ($0.key, $0.value) }
  }
}
