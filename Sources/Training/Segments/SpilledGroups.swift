import ClickData
import LinearAlgebra
import Platform

/// Groups in a temporary file, in the order of their names: a header of seven counts, the name, and
/// the keys and weights of clicked and of other rows.
struct SpilledGroups {
  let file: SpillFile
  let segment: SpillFile.Segment
}

/// Appends groups to a temporary file, in blocks.
struct GroupWriter {
  private let file: SpillFile
  private let start: Int
  private var block: [UInt8] = []
  private static let blockSize = 1 << 20

  init(_ file: SpillFile) {
    self.file = file
    start = file.size
  }

  mutating func append(_ group: Group) throws {
    let classes = [group.clicked, group.others]
    let counts =
      [group.name.count, group.rows, group.clicks]
      + classes.flatMap { [$0.keys.count, $0.weights.count] }
    for count in counts { withUnsafeBytes(of: UInt64(count)) { block.append(contentsOf: $0) } }
    block += group.name
    for logits in classes {
      logits.keys.withUnsafeBytes { block.append(contentsOf: $0) }
      logits.weights.withUnsafeBytes { block.append(contentsOf: $0) }
    }
    if block.count >= Self.blockSize { try flush() }
  }

  mutating func finish() throws -> SpilledGroups {
    try flush()
    return SpilledGroups(
      file: file, segment: SpillFile.Segment(offset: start, count: file.size - start))
  }

  private mutating func flush() throws {
    _ = try block.withUnsafeBytes(file.append)
    block.removeAll(keepingCapacity: true)
  }
}

/// Reads the groups of one run, one after another.
struct GroupReader {
  private let file: SpillFile
  private var next: Int
  private let end: Int
  private var buffer: [UInt8] = []
  private var used = 0
  private static let bufferSize = 1 << 16

  init(_ groups: SpilledGroups) {
    file = groups.file
    next = groups.segment.offset
    end = next + groups.segment.count
  }

  /// The next group; nil after the last one.
  mutating func group() throws -> Group? {
    guard used < buffer.count || next < end else { return nil }
    try load(7 * MemoryLayout<UInt64>.size)
    let (name, rows, clicks) = (count(), count(), count())
    let sizes = [(keys: count(), weights: count()), (keys: count(), weights: count())]
    try load(
      name
        + sizes.reduce(0) {
          $0 + $1.keys * MemoryLayout<LogitKey>.size + $1.weights * MemoryLayout<Float>.size
        })
    return Group(
      name: elements(name), rows: rows, clicks: clicks, clicked: logits(sizes[0]),
      others: logits(sizes[1]))
  }

  private mutating func count() -> Int {
    defer { used += MemoryLayout<UInt64>.size }
    return Int(buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: used, as: UInt64.self) })
  }

  private mutating func logits(_ counts: (keys: Int, weights: Int)) -> RankedLogits {
    RankedLogits(keys: elements(counts.keys), weights: elements(counts.weights))
  }

  private mutating func elements<Element: BitwiseCopyable>(_ count: Int) -> [Element] {
    guard count > 0 else { return [] }
    let size = count * MemoryLayout<Element>.size
    defer { used += size }
    return Array(unsafeUninitializedCapacity: count) { elements, initialized in
      buffer.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(elements).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[used..<used + size]))
      }
      initialized = count
    }
  }

  /// Reads until so many bytes of the run are in memory.
  private mutating func load(_ count: Int) throws {
    guard buffer.count - used < count else { return }
    buffer.removeFirst(used)
    used = 0
    let missing = max(count - buffer.count, min(Self.bufferSize, end - next))
    try file.read(SpillFile.Segment(offset: next, count: missing)) {
      buffer.append(contentsOf: $0)
    }
    next += missing
  }
}

/// Merges the groups of several runs by their names.
struct GroupMerge {
  private var readers: [GroupReader]
  private var heads: [Group?]

  init(_ runs: [SpilledGroups]) throws {
    readers = runs.map(GroupReader.init)
    heads = []
    for index in readers.indices { heads.append(try readers[index].group()) }
  }

  /// The next group with the rows of all runs; nil after the last one.
  mutating func next() throws -> Group? {
    guard let name = heads.compactMap({ $0?.name }).min(by: Self.precedes) else { return nil }
    var merged = Group(
      name: name, rows: 0, clicks: 0, clicked: RankedLogits(), others: RankedLogits())
    for index in heads.indices {
      guard let head = heads[index], head.name == name else { continue }
      merged.add(head)
      heads[index] = try readers[index].group()
    }
    return merged
  }

  private static func precedes(_ name: [UInt8], _ other: [UInt8]) -> Bool {
    name.withUnsafeBufferPointer { name in
      other.withUnsafeBufferPointer { TextNumbers.precedes(name, $0) }
    }
  }
}
