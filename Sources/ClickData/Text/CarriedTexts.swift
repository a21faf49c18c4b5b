/// The texts of some columns, row after row, which are carried beside encoded rows.
///
/// The memory is reused: it grows to the longest texts of a batch.
public final class CarriedTexts {
  /// The number of columns.
  public let columns: Int

  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 12
  private var used = 0
  /// Where each text ends.
  private var ends: [Int] = []

  init(columns: Int) {
    self.columns = columns
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  /// The text of a row, counted from 0 in its batch; valid as long as the batch.
  @inline(__always)
  public func text(_ column: Int, ofRow row: Int) -> UnsafeBufferPointer<UInt8> {
    let index = row * columns + column
    let start = index == 0 ? 0 : ends[index - 1]
    return UnsafeBufferPointer(start: bytes + start, count: ends[index] - start)
  }

  func removeAll() {
    used = 0
    ends.removeAll(keepingCapacity: true)
  }

  /// Appends the text of the next column.
  func append(_ text: UnsafePointer<UInt8>, _ count: Int) {
    reserve(count)
    (bytes + used).update(from: text, count: count)
    used += count
    ends.append(used)
  }

  /// Appends all texts of `other`.
  func append(_ other: CarriedTexts) {
    reserve(other.used)
    (bytes + used).update(from: other.bytes, count: other.used)
    for end in other.ends { ends.append(used + end) }
    used += other.used
  }

  private func reserve(_ count: Int) {
    guard used + count > capacity else { return }
    capacity = max(2 * capacity, used + count)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: used)
    bytes.deallocate()
    bytes = larger
  }
}
