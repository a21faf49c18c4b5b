/// A row-major matrix that owns zeroed memory, aligned to a cache line, or retains its owner.
public final class Matrix: @unchecked Sendable {
  /// The whole matrix as a view, valid while this object exists.
  public let view: MatrixView

  /// Allocates `rows × columns` zeros, contiguous unless a larger `stride` is given.
  public init(rows: Int, columns: Int, stride: Int? = nil) {
    precondition(rows >= 0 && columns >= 0, "Matrix: negative shape \(rows)×\(columns)")
    let stride = stride ?? columns
    let bytes = max(rows * stride, 1) * MemoryLayout<Scalar>.stride + Self.alignment
    let allocation = ZeroedMemory.allocate(bytes: bytes)
    self.allocation = allocation
    owner = nil
    let aligned = UnsafeMutableRawPointer(
      bitPattern: (UInt(bitPattern: allocation) + UInt(Self.alignment) - 1)
        & ~UInt(Self.alignment - 1))
    guard let aligned else { fatalError("Matrix: no address") }
    view = MatrixView(
      base: aligned.bindMemory(to: Scalar.self, capacity: max(rows * stride, 1)),
      rows: rows, columns: columns, stride: stride)
  }

  /// Wraps memory of `owner`, which it retains.
  public init(_ view: MatrixView, of owner: AnyObject) {
    self.view = view
    self.owner = owner
    allocation = nil
  }

  private static let alignment = 64
  private let allocation: UnsafeMutableRawPointer?
  private let owner: AnyObject?

  deinit { allocation.map(ZeroedMemory.free) }

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
