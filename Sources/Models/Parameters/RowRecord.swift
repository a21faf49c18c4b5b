import LinearAlgebra

/// Where a table's rows lie, and what an optimizer keeps of each.
///
/// What a look-up reads lies behind the row's slot number, where there is room: a row is one cache line to find and to read.
/// History that an update alone reads lies apart, unless it is as short as a weight's. Without room a row's value and its
/// history are one record.
struct RowRecord {
  /// The rows.
  let values: Matrix
  /// What an optimizer keeps of each row here.
  let history: Matrix?
  /// What lies together of each row: its value and its history in one piece, or in two.
  let pieces: [MatrixView]
  /// The piece that does not lie behind the slot numbers.
  let apart: MatrixView?

  /// Whether a row's value lies behind its slot number.
  var liesBehindSlot: Bool { pieces.first?.base != apart?.base }

  /// Finds room for `dimension` numbers a row and `history` more.
  init(of touched: TouchedRows, dimension: Int, history: Int) {
    let length = dimension + history
    let room = touched.takeRoom(for: length)
    if room == nil, history > 0, let values = touched.takeRoom(for: dimension) {
      let rows = Matrix(
        rows: touched.tableRows, columns: history, stride: Self.stride(length: history))
      (self.values, self.history) = (values, rows)
      (pieces, apart) = ([values.view, rows.view], rows.view)
      return
    }
    let records =
      room
      ?? Matrix(
        rows: touched.tableRows, columns: length,
        stride: history == 0 ? length : Self.stride(length: length))
    values = Matrix(records.view.columns(0..<dimension), of: records)
    self.history =
      history == 0 ? nil : Matrix(records.view.columns(dimension..<length), of: records)
    (pieces, apart) = ([records.view], room == nil ? records.view : nil)
  }

  /// Elements of a cache line.
  static let lineElements = 64 / MemoryLayout<Scalar>.size

  /// Elements from one record to the next: what is shorter than a cache line lies in one, what is longer has whole lines
  /// where that adds no more than an eighth.
  static func stride(length: Int) -> Int {
    guard length >= lineElements else { return gatheredStride(dimension: length) }
    let whole = (length + lineElements - 1) / lineElements * lineElements
    return (whole - length) * 8 <= length ? whole : length
  }

  /// Elements from one row to the next where a step gathers rows: what is shorter than a cache line lies in one.
  static func gatheredStride(dimension: Int) -> Int {
    guard dimension < lineElements else { return dimension }
    var stride = 1
    while stride < dimension { stride *= 2 }
    return stride
  }
}
