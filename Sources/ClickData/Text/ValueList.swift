import Glibc

/// The values of one sequence field in a line: their starts, lengths and weights.
///
/// The text is not copied.
final class ValueList {
  let capacity: Int
  let starts: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  let counts: UnsafeMutablePointer<Int32>
  let weights: UnsafeMutablePointer<Float>
  private(set) var count = 0
  /// Whether the line has more values than there is room for.
  private(set) var isCut = false

  private let keepsLast: Bool
  /// Where the oldest value is, which the next one replaces.
  private var oldest = 0

  /// Makes room for `capacity` values, the last or the first ones of a line that has more.
  ///
  /// `nothing` is any text that outlives the list.
  init(capacity: Int, keepsLast: Bool, nothing: UnsafeMutablePointer<UInt8>) {
    self.capacity = capacity
    self.keepsLast = keepsLast
    starts = .allocate(capacity: capacity)
    starts.initialize(repeating: nothing, count: capacity)
    counts = .allocate(capacity: capacity)
    counts.initialize(repeating: 0, count: capacity)
    weights = .allocate(capacity: capacity)
    weights.initialize(repeating: 1, count: capacity)
  }

  deinit {
    starts.deallocate()
    counts.deallocate()
    weights.deallocate()
  }

  func clear() {
    count = 0
    oldest = 0
    isCut = false
  }

  /// Adds a value, for which there must be room.
  @inline(__always)
  func add(_ start: UnsafeMutablePointer<UInt8>, _ length: Int, weight: Float) {
    starts[count] = start
    counts[count] = Int32(truncatingIfNeeded: length)
    weights[count] = weight
    count += 1
  }

  /// Replaces the values by those of a JSON list, or else by those between the splitters of a text.
  ///
  /// There is no value between two adjacent splitters, and none where the settings call it missing.
  func read(
    _ text: UnsafeMutablePointer<UInt8>, _ length: Int, splitter: UInt8, missing: MissingTokens?
  ) {
    clear()
    if length >= 2, text[0] == 0x5b, text[length - 1] == 0x5d, JSONList.isList(text, length) {
      var items = JSONList(text, length)
      while let item = items.next() { keep(item.start, item.count, missing) }
    } else {
      split(text, length, at: splitter, missing)
    }
    arrange()
  }

  private func split(
    _ text: UnsafeMutablePointer<UInt8>, _ length: Int, at splitter: UInt8,
    _ missing: MissingTokens?
  ) {
    var next = 0
    while next < length {
      let found = memchr(text + next, Int32(splitter), length - next)
      let end = found.map { $0 - UnsafeMutableRawPointer(text) } ?? length
      keep(text + next, end - next, missing)
      next = end + 1
    }
  }

  @inline(__always)
  private func keep(
    _ start: UnsafeMutablePointer<UInt8>, _ length: Int, _ missing: MissingTokens?
  ) {
    guard length > 0, missing?.contains(start, length) != true else { return }
    guard count == capacity else { return add(start, length, weight: 1) }
    isCut = true
    guard keepsLast else { return }
    starts[oldest] = start
    counts[oldest] = Int32(truncatingIfNeeded: length)
    oldest += 1
    if oldest == capacity { oldest = 0 }
  }

  /// Brings the values into the order of the text: those from the oldest on come first.
  private func arrange() {
    guard oldest > 0 else { return }
    reverse(0..<oldest)
    reverse(oldest..<capacity)
    reverse(0..<capacity)
  }

  private func reverse(_ range: Range<Int>) {
    var low = range.lowerBound
    var high = range.upperBound - 1
    while low < high {
      (starts[low], starts[high]) = (starts[high], starts[low])
      (counts[low], counts[high]) = (counts[high], counts[low])
      low += 1
      high -= 1
    }
  }
}
