import Platform

/// Exact counts of distinct texts that can be spilled to a file and merged part by part.
///
/// The part depends on the text alone, so that all counts of a text are in one part.
final class SpillingCounts {
  /// What determines a text's part.
  enum Parts {
    /// Six bits of the hash: 64 parts of similar sizes.
    case hashed
    /// The first two bytes: the parts are in the order of their texts.
    case ordered

    fileprivate func part(of entry: ValueCounts.Entry) -> Int {
      switch self {
      // The lowest bits, because the slots of a `ProbeTable` depend on the highest.
      case .hashed: Int(truncatingIfNeeded: entry.hash & 63)
      case .ordered: entry.length < 2 ? 0 : Int(entry.text[0]) << 8 | Int(entry.text[1])
      }
    }
  }

  private let parts: Parts
  private var counts = ValueCounts()
  private var segments: [Int: [SpillFile.Segment]] = [:]

  init(_ parts: Parts) { self.parts = parts }

  var bytes: Int { counts.bytes }
  /// The distinct texts whose counts are in memory: at most those of all.
  var held: Int { counts.count }

  @inline(__always)
  func add(_ text: UnsafePointer<UInt8>, _ length: Int) { counts.add(text, length) }

  /// Moves all counts from memory to a file.
  func spill(to file: SpillFile) throws {
    for (part, offsets) in grouped() {
      var buffer: [UInt8] = []
      for offset in offsets { buffer.append(contentsOf: counts.entry(at: offset).bytes) }
      let segment = try buffer.withUnsafeBytes(file.append)
      segments[part, default: []].append(segment)
    }
    counts = ValueCounts()
  }

  /// Calls `body` with each part, in order; where nothing was spilled, all counts are one part.
  func forEachPart(_ file: SpillFile?, _ body: (ValueCounts) throws -> Void) throws {
    guard let file, !segments.isEmpty else { return try body(counts) }
    try spill(to: file)
    for (_, segments) in segments.sorted(by: { $0.key < $1.key }) {
      let part = ValueCounts()
      for segment in segments { try file.read(segment) { part.add(entries: $0) } }
      try body(part)
    }
  }

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
