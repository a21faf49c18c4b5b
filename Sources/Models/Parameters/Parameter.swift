import LinearAlgebra

/// Numbers that training changes, with their gradient; a table also knows which of its rows a batch touched.
///
/// Owners enumerate their parameters by name ("encoder.weight"); checkpoint, count, optimizer and gradient
/// check walk that one list.
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
  /// PyTorch's shape: `[out, in]`, `[rows, dimension]`, `[out]` or, of one matrix a pair, `[pairs, d, d]`.
  public let shape: [Int]
  /// The numbers themselves, with every update made: of a table with updates that wait not to be read from a pool's task.
  public var value: Matrix {
    pendingUpdates?.finish()
    return numbers
  }
  /// For tables: updates that an optimizer has yet to make, which it keeps.
  public weak var pendingUpdates: (any PendingUpdates)?
  /// What `value` is, whatever waits.
  private let numbers: Matrix
  /// The gradient: of the value's shape, or, for a table, one row for each row touched, zeros between them.
  public let gradient: Matrix
  /// For tables: the numbers of each row that belong to an optimizer, where it asked for them.
  public var history: MatrixView? { record?.history?.view }
  /// For tables: which rows of `value` the rows of `gradient` belong to.
  public let touched: TouchedRows?
  /// For tables: what lies together in memory, row by row; its value and its history in one piece, or in two.
  public var pieces: [MatrixView] { record?.pieces ?? [] }
  /// For tables: whether a row lies behind its slot number, in one cache line with whatever else does.
  public var liesBehindSlot: Bool { record?.liesBehindSlot ?? false }
  /// For tables: where rows lie.
  let record: RowRecord?
  /// For tables: the values of the rows touched, in the order of `gradient`, zeros between them; without rows elsewhere.
  public let touchedValues: Matrix
  /// Which regulariser applies.
  public let regularization: Regularization
  /// How many numbers of a row each element multiplies: 1 in a fully connected layer, 0 where it is added.
  public let uses: Int

  /// A dense parameter: a vector, of shape `[count]`, is stored as one row, `[n, a, b]` as `n` rows of `a · b`.
  public init(name: String, shape: [Int], regularization: Regularization, uses: Int = 1) {
    precondition((1...3).contains(shape.count), "Parameter \(name): shape \(shape)")
    self.name = name
    self.shape = shape
    let rows = shape.count == 1 ? 1 : shape[0]
    let columns = shape.dropFirst(shape.count == 1 ? 0 : 1).reduce(1, *)
    numbers = Matrix(rows: rows, columns: columns)
    gradient = Matrix(rows: rows, columns: columns)
    record = nil
    touched = nil
    touchedValues = Matrix(rows: 0, columns: columns)
    self.regularization = regularization
    self.uses = uses
  }

  /// An embedding table of shape `[rows, dimension]`, whose gradient holds only the touched rows.
  ///
  /// Each row has `history` numbers more that are no part of the value.
  public init(name: String, table touched: TouchedRows, dimension: Int, history: Int = 0) {
    self.name = name
    shape = [touched.tableRows, dimension]
    let record = RowRecord(of: touched, dimension: dimension, history: history)
    self.record = record
    numbers = record.values
    let stride = RowRecord.gatheredStride(dimension: dimension)
    gradient = Matrix(rows: touched.capacity, columns: dimension, stride: stride)
    touchedValues = Matrix(rows: touched.capacity, columns: dimension, stride: stride)
    self.touched = touched
    regularization = .embedding
    uses = 1
  }

  /// For tables: numbers of a row's history, and of the gap behind what does not lie behind slot numbers.
  public var numbersBesideRow: Int {
    (history?.columns ?? 0) + (record?.apart.map { $0.stride - $0.columns } ?? 0)
  }

  /// The number of elements.
  public var count: Int { numbers.count }

  /// Sets the gradient to zero; for a table, the rows touched.
  public func zeroGradient() {
    gradient.view.rows(0..<(touched?.count ?? gradient.rows)).wholeRows.fill(0)
  }

  /// Copies the values of the rows touched out of the table: once each, however often a batch looks them up.
  ///
  /// A step reads them there, close together; the optimizer changes the table itself.
  public func fetchTouchedValues() {
    guard let touched else { return }
    pendingUpdates?.finishTouchedRows()
    LookupKernel.gather(
      TableLookup(indices: touched.rows, rows: numbers.view), rows: 0..<touched.count,
      into: touchedValues.view)
  }

  /// One element of the gradient, zero in a row of a table that no batch touched: for tests and messages.
  public func gradient(row: Int, column: Int) -> Scalar {
    guard let touched else { return gradient[row, column] }
    guard let slot = touched.slot(of: row) else { return 0 }
    return gradient[slot, column]
  }
}
