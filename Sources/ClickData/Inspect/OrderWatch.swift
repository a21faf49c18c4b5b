import Glibc

/// Whether the texts of a column ascend, and which came first and last.
///
/// Texts are compared byte by byte, which is the order of dates and hours written with leading zeros.
struct OrderWatch {
  private(set) var first: [UInt8] = []
  private(set) var last: [UInt8] = []
  /// Rows whose text is below the one before.
  private(set) var descents = 0
  private var changes = 0
  private var rows = 0

  /// Whether the texts ascend, and not all of them are equal.
  var isAscending: Bool { descents == 0 && changes > 0 }

  /// Looks at the next row's text.
  mutating func see(_ text: UnsafePointer<UInt8>, _ count: Int) {
    defer { rows += 1 }
    if rows > 0 {
      let order = last.withUnsafeBufferPointer { last in
        Self.compare(last.baseAddress, last.count, text, count)
      }
      guard order != 0 else { return }
      changes += 1
      if order > 0 { descents += 1 }
    }
    last.removeAll(keepingCapacity: true)
    last.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
    if rows == 0 { first = last }
  }

  private static func compare(
    _ left: UnsafePointer<UInt8>?, _ leftCount: Int, _ right: UnsafePointer<UInt8>,
    _ rightCount: Int
  ) -> Int {
    let common = min(leftCount, rightCount)
    if let left, common > 0 {
      let order = memcmp(left, right, common)
      if order != 0 { return Int(order) }
    }
    return leftCount - rightCount
  }
}
