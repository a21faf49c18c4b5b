import LinearAlgebra

/// Numbers that training changes, with their gradient; a table also knows which of its rows a batch
/// touched.
public final class Parameter {
  /// Which regulariser pulls a parameter towards zero.
  public enum Regularization: Sendable {
    /// `training.embedding_regularizer`.
    case embedding
    /// `training.net_regularizer`.
    case network
    /// None.
    case none
  }

  /// The name in checkpoints, as PyTorch would give it.
  public let name: String
  /// PyTorch's shape: `[out, in]`, `[rows, dimension]`, `[out]` or, with one matrix per pair,
  /// `[pairs, d, d]`.
  public let shape: [Int]
  /// The numbers as they are stored: of a table with deferred updates, without these updates.
  public let value: Matrix
  /// The gradient: of the value's shape, or, for a table, one row per row touched, with zeros as
  /// padding between the rows, and behind them rows for partial sums.
  public let gradient: Matrix
  /// For tables: which rows of `value` the rows of `gradient` belong to.
  public let touched: TouchedRows?
  /// For tables: the values of the rows touched, in the order of `gradient`, padded with zeros;
  /// without rows elsewhere.
  public let touchedValues: Matrix
  /// For tables: where rows and an optimizer's history of them are stored.
  public let storage: TableStorage?
  /// For tables: updates that an optimizer has deferred, which the optimizer keeps.
  public weak var deferredUpdates: (any DeferredUpdates)?
  /// Which regulariser applies.
  public let regularization: Regularization
  /// How many numbers of a batch's row each element multiplies: 1 in a fully connected layer, 0
  /// where the element is added.
  public let uses: Int
  /// The rows of `value` that a forward pass multiplies: all, unless nothing reads what the others
  /// would generate.
  ///
  /// Those have no gradient.
  public let multipliedRows: Range<Int>

  /// A dense parameter: a vector, of shape `[count]`, is stored as one row, `[n, a, b]` as `n` rows
  /// of `a · b`; nil for `multiplying` means all of them.
  public init(
    name: String, shape: [Int], regularization: Regularization, uses: Int = 1,
    multiplying multipliedRows: Range<Int>? = nil
  ) {
    precondition((1...3).contains(shape.count), "Parameter \(name): shape \(shape)")
    self.name = name
    self.shape = shape
    let rows = shape.count == 1 ? 1 : shape[0]
    let columns = shape.dropFirst(shape.count == 1 ? 0 : 1).reduce(1, *)
    value = Matrix(rows: rows, columns: columns)
    gradient = Matrix(rows: rows, columns: columns)
    storage = nil
    touched = nil
    touchedValues = Matrix(rows: 0, columns: columns)
    self.regularization = regularization
    self.uses = uses
    self.multipliedRows = multipliedRows ?? 0..<rows
  }

  /// An embedding table of shape `[rows, dimension]`, whose gradient holds only the touched rows.
  ///
  /// Each row has `history` numbers more that are no part of the value.
  public init(name: String, table touched: TouchedRows, dimension: Int, history: Int = 0) {
    self.name = name
    shape = [touched.tableRows, dimension]
    let storage = TableStorage(of: touched, dimension: dimension, history: history)
    self.storage = storage
    value = storage.values
    let stride = TableStorage.gatheredStride(dimension: dimension)
    gradient = Matrix(rows: touched.gradientRows, columns: dimension, stride: stride)
    touchedValues = Matrix(rows: touched.capacity, columns: dimension, stride: stride)
    self.touched = touched
    regularization = .embedding
    uses = 1
    multipliedRows = 0..<touched.tableRows
  }

  /// The number of elements.
  public var count: Int { value.count }

  /// Applies every deferred update, on a pool's threads: not to be called from a pool's task.
  public func flush() { deferredUpdates?.flush() }

  /// The numbers with every update applied: not to be called from a pool's task.
  public func flushedValue() -> Matrix {
    flush()
    return value
  }

  /// Sets the gradient to zero; for a table, that of the rows touched.
  public func zeroGradient() {
    gradient.view.rows(0..<(touched?.count ?? gradient.rows)).wholeRows.fill(0)
  }

  /// Copies the values of the rows touched out of the table: once per row, however often a batch
  /// looks it up.
  ///
  /// A step reads the copies, which are contiguous; the optimizer changes the table itself.
  public func fetchTouchedValues() {
    guard let touched else { return }
    deferredUpdates?.flushTouchedRows()
    LookupKernel.gather(
      TableLookup(indices: touched.rows, rows: value.view), rows: 0..<touched.count,
      into: touchedValues.view)
  }

  /// Where the vectors of some ids are read in a pass: in training among the touched values, which
  /// `fetchTouchedValues` copied, with their padding; otherwise in the table itself.
  ///
  /// The ids are those of the lookups from place `firstLookup`, which is 0 unless fields share the
  /// table.
  func lookup(
    _ ids: UnsafePointer<UInt32>, at firstLookup: Int = 0, _ pass: Pass
  ) -> TableLookup {
    guard let touched, pass != .evaluation else {
      return TableLookup(indices: ids, rows: value.view)
    }
    return TableLookup(
      indices: touched.slots + firstLookup, rows: touchedValues.view.wholeRows)
  }

  /// Where the vectors of some ids are read together with those of another table of the field; nil
  /// unless the pass reads the tables themselves, and the other's rows are stored right behind.
  func lookup(_ ids: UnsafePointer<UInt32>, with other: Parameter, _ pass: Pass) -> TableLookup? {
    guard pass == .evaluation, let column = storage?.slotColumn, other.touched === touched,
      other.storage?.slotColumn == column + value.columns
    else { return nil }
    return lookup(ids, pass).extended(by: other.value.columns)
  }

  /// One element of the gradient, zero in a row of a table that no batch touched: for tests and
  /// messages.
  public func gradient(row: Int, column: Int) -> Scalar {
    guard let touched else { return gradient[row, column] }
    guard let slot = touched.slot(of: row) else { return 0 }
    return gradient[slot, column]
  }
}

/// Updates of a table's rows that an optimizer defers until the rows are read.
public protocol DeferredUpdates: AnyObject {
  /// Applies those of the rows that a batch touches, on the calling thread.
  func flushTouchedRows()
  /// Applies all of them, on a pool's threads: not to be called from a pool's task.
  func flush()
}

/// Why a model runs forward: layers that behave differently in training read it.
public enum Pass: Equatable, Sendable {
  /// A training step, numbered from 1: dropout masks and drawn fields depend on the number.
  case training(step: Int)
  /// Evaluation: nothing is dropped, running statistics are used.
  case evaluation
}
