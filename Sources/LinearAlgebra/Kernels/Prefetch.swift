import CVector

/// Requests for memory that random look-ups will need soon, so that several are under way at once.
public enum Prefetch {
  /// How many rows ahead a gather asks: far enough to hide memory, near enough to stay in the first cache.
  public static let distance = 12

  /// How many rows ahead a walk asks for rows that lie in memory rather than in a cache.
  public static let farDistance = 64

  /// Asks for the first and the last cache line of a short row, into the second cache, which can wait for more lines at
  /// once than the first.
  @inlinable @inline(__always)
  public static func farRow(_ address: UnsafePointer<Scalar>, count: Int) {
    sfg_prefetch_far(address)
    sfg_prefetch_far(address + count - 1)
  }

  /// Asks for a cache line, into the second cache.
  @inlinable @inline(__always)
  public static func farElement(_ address: UnsafeRawPointer) { sfg_prefetch_far(address) }

  /// Asks for a cache line.
  @inlinable @inline(__always)
  public static func element(_ address: UnsafeRawPointer) { sfg_prefetch(address) }

  /// Asks for the first and the last cache line of a short row.
  @inlinable @inline(__always)
  public static func row(_ address: UnsafePointer<Scalar>, count: Int) {
    sfg_prefetch(address)
    sfg_prefetch(address + count - 1)
  }
}
