import LinearAlgebra

/// Memory that parts of a model use one after another, each while it carries a gradient back.
///
/// A part says how much it will need while the model is built; the one that needs most decides. What is borrowed holds
/// whatever the last borrower left.
final class LentMatrix {
  private var capacity = 0
  private var isLent = false
  private lazy var memory = Matrix(rows: 1, columns: capacity)

  /// Makes sure that there will be room for `rows × columns`.
  func reserve(rows: Int, columns: Int) { capacity = max(capacity, rows * columns) }

  /// Allocates what was reserved: before the first step, in which nothing is allocated.
  func allocate() { _ = memory }

  /// The memory as a matrix of any shape that was reserved; nobody else may hold it.
  func borrow(rows: Int, columns: Int) -> MatrixView {
    precondition(!isLent, "LentMatrix: borrowed twice")
    precondition(
      rows * columns <= memory.count, "LentMatrix: \(rows)×\(columns) of \(memory.count)")
    isLent = true
    return MatrixView(base: memory.base, rows: rows, columns: columns, stride: columns)
  }

  /// Ends what `borrow` began.
  func giveBack() {
    precondition(isLent, "LentMatrix: given back twice")
    isLent = false
  }
}
