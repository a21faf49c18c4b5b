import CVector

/// Requests for memory that random look-ups will need soon, so that several are under way at once.
public enum Prefetch {
  /// How many rows ahead a gather asks: far enough to hide memory, near enough to stay in the first cache.
  public static let distance = 12

  /// Asks for the cache line of one number.
  @inlinable @inline(__always)
  public static func element<Element>(_ address: UnsafePointer<Element>) { sfg_prefetch(address) }

  /// Asks for the first and the last cache line of a short row.
  @inlinable @inline(__always)
  public static func row(_ address: UnsafePointer<Scalar>, count: Int) {
    sfg_prefetch(address)
    sfg_prefetch(address + count - 1)
  }
}
