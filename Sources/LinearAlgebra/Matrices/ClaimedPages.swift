import Glibc
import Platform

extension MatrixView {
  /// Has the system put memory behind all elements now, which keep their values: for what will be read before it is written.
  ///
  /// A page that is read first is one of zeros that all share; the first write replaces it, and every core must hear of that.
  /// Where the system cannot, nothing is lost but time.
  public func claimPages(_ pool: WorkerPool) {
    let bytes = max(0, (rows - 1) * stride + columns) * MemoryLayout<Scalar>.stride
    let memory = UnsafeMutableRawPointer(base)
    let intoPage = Int(bitPattern: memory) % ReservedPages.smallBytes
    let (start, whole) = (memory - intoPage, intoPage + bytes)
    pool.tiles(of: whole, size: ReservedPages.hugeBytes) { range in
      madvise(start + range.lowerBound, range.count, Int32(MADV_POPULATE_WRITE))
    }
  }
}
