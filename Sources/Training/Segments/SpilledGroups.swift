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
    var counts: [Int] = []
    for _ in 0..<7 { counts.append(Int(try take(8).withUnsafeBytes { $0.load(as: UInt64.self) })) }
    return Group(
      name: try take(counts[0]), rows: counts[1], clicks: counts[2],
      clicked: try logits(keys: counts[3], weights: counts[4]),
      others: try logits(keys: counts[5], weights: counts[6]))
  }

  private mutating func logits(keys: Int, weights: Int) throws -> RankedLogits {
    Group.sorted(try elements(keys), try elements(weights))
  }

  private mutating func elements<Element: BitwiseCopyable>(_ count: Int) throws -> [Element] {
    let bytes = try take(count * MemoryLayout<Element>.size)
    return [Element](unsafeUninitializedCapacity: count) { elements, filled in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(elements).copyMemory(from: $0) }
      filled = count
    }
  }

  private mutating func take(_ count: Int) throws -> [UInt8] {
    if buffer.count - used < count {
      buffer.removeFirst(used)
      used = 0
      let missing = max(count - buffer.count, min(Self.bufferSize, end - next))
      try file.read(SpillFile.Segment(offset: next, count: missing)) {
        buffer.append(contentsOf: $0)
      }
      next += missing
    }
    defer { used += count }
    return Array(buffer[used..<used + count])
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
    guard let name = heads.compactMap({ $0?.name }).min(by: { $0.lexicographicallyPrecedes($1) })
    else { return nil }
    var merged = Group(
      name: name, rows: 0, clicks: 0, clicked: RankedLogits(), others: RankedLogits())
    for index in heads.indices {
      guard let head = heads[index], head.name == name else { continue }
      merged.add(head)
      heads[index] = try readers[index].group()
    }
    return merged
  }
}
