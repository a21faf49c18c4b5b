import CVector

/// Requests for memory that random lookups will read soon, so that several are in flight at once.
public enum Prefetch {
  /// Rows ahead that a gather prefetches: they hide the latency, and still fit in the L1 cache.
  public static let distance = 12

  /// Rows ahead that a walk over rows in memory, rather than in a cache, prefetches.
  public static let farDistance = 64

  /// Prefetches the first and the last cache line of a short row into the L2 cache, which can wait
  /// for more lines at once than the L1 cache.
  @inlinable @inline(__always)
  public static func farRow(_ address: UnsafePointer<Scalar>, count: Int) {
    sfg_prefetch_far(address)
    sfg_prefetch_far(address + count - 1)
  }

  /// Prefetches a cache line into the L2 cache.
  @inlinable @inline(__always)
  public static func farElement(_ address: UnsafeRawPointer) { sfg_prefetch_far(address) }

  /// Prefetches a cache line.
  @inlinable @inline(__always)
  public static func element(_ address: UnsafeRawPointer) { sfg_prefetch(address) }

  /// Prefetches the first and the last cache line of a short row.
  @inlinable @inline(__always)
  public static func row(_ address: UnsafePointer<Scalar>, count: Int) {
    sfg_prefetch(address)
    sfg_prefetch(address + count - 1)
  }
}
