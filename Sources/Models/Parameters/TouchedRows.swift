import LinearAlgebra

/// Which rows of one field's tables a batch reads, each counted once.
///
/// Row `rows[slot]` of a table has its gradient in row `slot` of a compact buffer; `slots[b]` is the slot of
/// lookup `b`: of a batch row, or, in a sequence field, of a row's value. Slots are numbered in the order of first
/// appearance, so they are the same for any number of threads. All tables of a field share one of these.
public final class TouchedRows {
  /// Rows of the field's tables.
  public let tableRows: Int
  /// The most rows one batch can touch.
  public let capacity: Int
  /// What the bookkeeping takes, without the room that it lends.
  public let bytes: Int
  /// How many rows the batch touched.
  public private(set) var count = 0
  /// The rows touched, by slot.
  public let rows: UnsafeMutablePointer<UInt32>
  /// The slot of each lookup of the batch.
  public let slots: UnsafeMutablePointer<UInt32>
  /// A number for each row of the table: `first + slot` of the batch that touched it last, 0 where none ever did.
  ///
  /// So a batch is forgotten by moving `first` on, and a table that nothing was looked up in is all zeros, which the
  /// system hands out without memory behind them.
  let cells: UnsafeMutableRawPointer
  /// From one slot number to the next.
  let cellBytes: Int
  /// The number of this batch's slot 0, a multiple of `slotRange`.
  private var first: UInt32
  /// A power of two, at least `capacity` if there is one.
  private let slotRange: UInt32
  /// What lies behind the slot numbers, until a table takes it.
  private var room: MatrixView?
  /// 1 for each row of the table that training ever touched, else 0.
  public let seen: UnsafeMutablePointer<UInt8>

  /// Allocates for tables of `tableRows` rows and batches of `batchCapacity` lookups, with room for `numbers` behind each
  /// row's slot: the first table of one weight a row, with its history, lies there.
  ///
  /// Such a row is a few bytes, and finding its slot has just fetched the cache line.
  public init(tableRows: Int, batchCapacity: Int, roomFor numbers: Int = 0) {
    self.tableRows = tableRows
    capacity = min(tableRows, batchCapacity)
    let bits = capacity <= 1 ? 0 : Int.bitWidth - (capacity - 1).leadingZeroBitCount
    // What is beyond is refused when it is used: a model on paper may be of any size.
    slotRange = 1 << UInt32(min(bits, 31))
    first = slotRange
    rows = ZeroedMemory.allocate(capacity)
    slots = ZeroedMemory.allocate(batchCapacity)
    seen = ZeroedMemory.allocate(tableRows)
    let number = MemoryLayout<UInt32>.size
    cellBytes = numbers == 0 ? number : (1 + numbers) * MemoryLayout<Scalar>.stride
    let cells = ZeroedMemory.allocate(tableRows * cellBytes, of: UInt8.self)
    self.cells = UnsafeMutableRawPointer(cells)
    if numbers > 0 {
      let count = tableRows * (1 + numbers)
      room = MatrixView(
        base: self.cells.bindMemory(to: Scalar.self, capacity: count) + 1, rows: tableRows,
        columns: numbers, stride: 1 + numbers)
    }
    bytes =
      number * (capacity + batchCapacity) + tableRows
      + tableRows * (cellBytes - numbers * MemoryLayout<Scalar>.stride)
  }

  /// Hands out the room behind the slot numbers, once, to rows that it fits exactly.
  func takeRoom(for numbers: Int) -> Matrix? {
    guard let room, room.columns == numbers else { return nil }
    self.room = nil
    return Matrix(room, of: self)
  }

  deinit {
    ZeroedMemory.free(rows)
    ZeroedMemory.free(slots)
    ZeroedMemory.free(cells)
    ZeroedMemory.free(seen)
  }

  /// Finds the rows that a batch's ids name; every id must be below `tableRows`.
  ///
  /// Those of a `table` are asked for as they are found: memory works on them while the next ones are looked for.
  public func find(
    _ ids: UnsafePointer<UInt32>, count lookups: Int, askingFor table: MatrixView? = nil
  ) {
    assert(count == 0, "TouchedRows: find before clear")
    precondition(capacity <= slotRange, "TouchedRows: \(capacity) rows a batch")
    let (first, slotRange) = (first, slotRange)
    var found: UInt32 = 0
    for index in 0..<lookups {
      let ahead = Int(ids[min(index + Prefetch.distance, lookups - 1)])
      Prefetch.element(cell(ahead))
      let row = Int(ids[index])
      let cell = cell(row)
      let number = cell.load(as: UInt32.self)
      var slot = number &- first
      if slot >= slotRange {
        if number == 0 { seen[row] = 1 }
        slot = found
        cell.storeBytes(of: first | slot, as: UInt32.self)
        rows[Int(slot)] = ids[index]
        found &+= 1
        if let table { Prefetch.farRow(table.row(row), count: table.stride) }
      }
      slots[index] = slot
    }
    count = Int(found)
  }

  /// Forgets the batch.
  public func clear() {
    count = 0
    let (next, isPast) = first.addingReportingOverflow(slotRange)
    if isPast { forgetEveryBatch() } else { first = next }
  }

  /// Looks at `seen` anew, between batches: for whoever has replaced it.
  public func seenWasReplaced() {
    assert(count == 0, "TouchedRows: seen replaced within a batch")
    forgetEveryBatch()
  }

  /// Begins with the first numbers again.
  private func forgetEveryBatch() {
    for row in 0..<tableRows where cell(row).load(as: UInt32.self) != 0 {
      cell(row).storeBytes(of: 0, as: UInt32.self)
    }
    first = slotRange
  }

  /// The slot of a table's row, nil where the batch did not touch it.
  @inline(__always)
  public func slot(of row: Int) -> Int? {
    let slot = cell(row).load(as: UInt32.self) &- first
    return slot < slotRange ? Int(slot) : nil
  }

  @inline(__always)
  private func cell(_ row: Int) -> UnsafeMutableRawPointer { cells + row &* cellBytes }
}
