import LinearAlgebra

/// How many numbers an optimizer keeps beside each row of a table of some dimension, where its
/// updates touch few rows at random.
public typealias RowHistory = @Sendable (_ dimension: Int) -> Int

/// Tables whose rows follow one another without gaps.
public let noRowHistory: RowHistory = { _ in 0 }

/// Where a table's rows are stored, and what an optimizer keeps of each.
///
/// What a lookup reads is stored behind the row's slot number, if the cache line has room: finding
/// and reading a row then touches one line. History that only an update reads is stored separately,
/// unless it is as short as that of a single weight. Without room a row's value and history form
/// one record.
public struct TableStorage {
  /// The rows.
  let values: Matrix
  /// What an optimizer keeps of each row here; nil where it keeps nothing.
  public let history: MatrixView?
  /// What is contiguous in memory, row by row: value and history as one part, or as two.
  public let parts: [MatrixView]
  /// The part that is not stored behind the slot numbers.
  let separatePart: MatrixView?
  private let historyOwner: Matrix?

  /// The column of the slots' records at which a row's value begins; nil if it is elsewhere.
  let slotColumn: Int?

  /// Whether a row's value is stored behind its slot number, in one cache line with what else is.
  public var isBesideSlot: Bool { slotColumn != nil }

  /// Numbers per row that are no part of the value: the history, and the padding of the separate
  /// part.
  public var overheadPerRow: Int {
    (history?.columns ?? 0) + (separatePart.map { $0.stride - $0.columns } ?? 0)
  }

  /// Finds room for `dimension` numbers per row and `history` more.
  init(of touched: TouchedRows, dimension: Int, history: Int) {
    let length = dimension + history
    let room = touched.takeRoom(for: length)
    if room == nil, history > 0, let columns = touched.takeRoom(for: dimension) {
      let rows = Matrix(
        rows: touched.tableRows, columns: history, stride: Self.stride(length: history))
      values = Matrix(touched.records.view.columns(columns), of: touched.records)
      (self.history, historyOwner, slotColumn) = (rows.view, rows, columns.lowerBound)
      (parts, separatePart) = ([values.view, rows.view], rows.view)
      return
    }
    slotColumn = room?.lowerBound
    let records =
      room.map { Matrix(touched.records.view.columns($0), of: touched.records) }
      ?? Matrix(
        rows: touched.tableRows, columns: length,
        stride: history == 0 ? length : Self.stride(length: length))
    values = Matrix(records.view.columns(0..<dimension), of: records)
    self.history = history == 0 ? nil : records.view.columns(dimension..<length)
    historyOwner = history == 0 ? nil : records
    (parts, separatePart) = ([records.view], room == nil ? records.view : nil)
  }

  /// Elements of a cache line.
  static let lineElements = 64 / MemoryLayout<Scalar>.size

  /// Elements from one record to the next: a record shorter than a cache line stays within one, a
  /// longer one is rounded up to whole lines where that adds at most an eighth.
  static func stride(length: Int) -> Int {
    guard length >= lineElements else { return gatheredStride(dimension: length) }
    let whole = (length + lineElements - 1) / lineElements * lineElements
    return (whole - length) * 8 <= length ? whole : length
  }

  /// Elements from one row to the next where a step gathers rows: a row shorter than a cache line
  /// stays within one.
  static func gatheredStride(dimension: Int) -> Int {
    guard dimension < lineElements else { return dimension }
    var stride = 1
    while stride < dimension { stride *= 2 }
    return stride
  }

  /// Numbers that are stored behind a row's slot number, table by table.
  ///
  /// These are an embedding, if the cache line has room for it, and a first-order weight with its
  /// `history`. The embedding's own history is separate, because only an update reads it.
  static func numbersBesideSlot(
    embedding dimension: Int?, hasWeights: Bool, _ history: RowHistory
  ) -> [Int] {
    guard history(1) > 0 else { return [] }
    let weight = hasWeights ? [1 + history(1)] : []
    let both = (dimension.map { [$0] } ?? []) + weight
    return 1 + both.reduce(0, +) <= lineElements ? both : weight
  }
}
