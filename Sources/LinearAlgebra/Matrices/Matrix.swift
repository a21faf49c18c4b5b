import Glibc

/// A matrix that owns its memory: row-major, contiguous, zeroed, aligned to a cache line.
public final class Matrix: @unchecked Sendable {
  /// The whole matrix as a view; valid while this object lives.
  public let view: MatrixView

  /// Allocates `rows × columns` zeros.
  public init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "Matrix: negative shape \(rows)×\(columns)")
    // `calloc`'s pages come zeroed from the system and cost nothing until they are touched.
    let bytes = max(rows * columns, 1) * MemoryLayout<Scalar>.stride + Self.alignment
    guard let memory = calloc(bytes, 1) else {
      fatalError("Matrix: the system has no \(bytes) bytes for \(rows)×\(columns)")
    }
    allocation = memory
    // Rows of a large table are read at random: huge pages spare most of the address look-ups.
    if bytes >= Self.largeBytes { Self.adviseHugePages(memory, bytes) }
    let aligned = UnsafeMutableRawPointer(
      bitPattern: (UInt(bitPattern: memory) + UInt(Self.alignment) - 1)
        & ~UInt(Self.alignment - 1))
    guard let aligned else { fatalError("Matrix: no address") }
    view = MatrixView(
      base: aligned.bindMemory(to: Scalar.self, capacity: max(rows * columns, 1)),
      rows: rows, columns: columns, stride: columns)
  }

  private static let alignment = 64
  private static let largeBytes = 1 << 22

  /// Asks for huge pages where the system has them; it may decline, and nothing else changes.
  private static func adviseHugePages(_ memory: UnsafeMutableRawPointer, _ bytes: Int) {
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    let start = (UInt(bitPattern: memory) + page - 1) & ~(page - 1)
    let end = (UInt(bitPattern: memory) + UInt(bytes)) & ~(page - 1)
    madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), Int32(MADV_HUGEPAGE))
  }

  private let allocation: UnsafeMutableRawPointer

  deinit { free(allocation) }

  /// The number of rows.
  public var rows: Int { view.rows }
  /// The number of columns.
  public var columns: Int { view.columns }
  /// The number of elements.
  public var count: Int { rows * columns }
  /// The first element.
  public var base: UnsafeMutablePointer<Scalar> { view.base }

  /// One element.
  public subscript(row: Int, column: Int) -> Scalar {
    get { view[row, column] }
    set { view[row, column] = newValue }
  }
}
