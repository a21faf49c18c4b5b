import Glibc
import LinearAlgebra
import Platform
import Testing

@Suite struct ClaimedPagesTests {
  /// RUSAGE_THREAD, which Glibc keeps behind its extensions.
  private static let threadUsage: Int32 = 1

  /// Page faults of this thread so far.
  private static var faults: Int {
    var usage = rusage()
    getrusage(threadUsage, &usage)
    return usage.ru_minflt
  }

  /// Whether the system can put memory behind pages when it is asked: Linux since 5.14.
  private static var systemCan: Bool {
    let page = Matrix(rows: 1, columns: 1 << 14)
    return withExtendedLifetime(page) {
      let start = UnsafeMutableRawPointer(page.base)
      let aligned = start.alignedUp(toMultipleOf: Int(getpagesize()))
      return madvise(aligned, Int(getpagesize()), Int32(MADV_POPULATE_WRITE)) == 0
    }
  }

  /// Sizes from the heap's to several huge pages, and a part that begins within a page.
  @Test(arguments: [(1, 1), (40, 30), (1000, 300), (900, 1001)])
  func whatIsClaimedKeepsItsValues(rows: Int, columns: Int) {
    let matrix = Matrix(rows: rows, columns: columns)
    for row in 0..<rows { matrix[row, row % columns] = Scalar(row + 1) }
    let before = matrix.view.elements
    let pool = WorkerPool(threads: 2)
    matrix.view.claimPages(pool)
    matrix.view.rows(rows / 2..<rows).columns(columns / 2..<columns).claimPages(pool)
    matrix.view.rows(0..<0).claimPages(pool)
    #expect(matrix.view.elements == before)
  }

  @Test(.enabled(if: systemCan, "needs MADV_POPULATE_WRITE, Linux 5.14"))
  func whatIsClaimedIsReadAndWrittenWithoutFaults() {
    let (claimed, other) = (Matrix(rows: 3000, columns: 1000), Matrix(rows: 3000, columns: 1000))
    claimed.view.claimPages(WorkerPool(threads: 2))
    func faults(_ matrix: Matrix) -> Int {
      let before = Self.faults
      for row in 0..<matrix.rows { for column in 0..<1000 { matrix[row, column] += 1 } }
      return Self.faults - before
    }
    // A sanitizer has pages of its own behind both.
    #expect(faults(claimed) + 100 < faults(other))
  }
}
