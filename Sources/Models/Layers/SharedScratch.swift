import LinearAlgebra

/// Memory that parts of a model borrow one after another, each while it carries a gradient back.
///
/// Each part reserves what it will need while the model is built; the largest need decides. Borrowed
/// memory holds what the previous borrower left.
final class SharedScratch {
  private var capacity = 0
  private var isBorrowed = false
  private lazy var memory = Matrix(rows: 1, columns: capacity)

  /// Makes sure that there will be room for `rows × columns`.
  func reserve(rows: Int, columns: Int) { capacity = max(capacity, rows * columns) }

  /// Allocates what was reserved: before the first step, in which nothing is allocated.
  func allocate() { _ = memory }

  /// The memory as a matrix of any shape that was reserved; one borrower at a time.
  func borrow(rows: Int, columns: Int) -> MatrixView {
    precondition(!isBorrowed, "SharedScratch: borrowed twice")
    precondition(
      rows * columns <= memory.count, "SharedScratch: \(rows)×\(columns) of \(memory.count)")
    isBorrowed = true
    return MatrixView(base: memory.base, rows: rows, columns: columns, stride: columns)
  }

  /// Ends what `borrow` began.
  func giveBack() {
    precondition(isBorrowed, "SharedScratch: given back twice")
    isBorrowed = false
  }
}
