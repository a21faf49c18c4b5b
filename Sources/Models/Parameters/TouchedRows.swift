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
  private let cells: UnsafeMutableRawPointer
  /// From one slot number to the next.
  private let cellBytes: Int
  /// The number of this batch's slot 0, a multiple of `slotRange`.
  private var first: UInt32
  /// A power of two, at least `capacity` if there is one.
  private let slotRange: UInt32
  /// The slot numbers, with what lies behind each.
  let records: Matrix
  /// What lies behind the slot numbers, until tables take it.
  private var room: [MatrixView] = []
  /// 1 for each row of the table that training ever touched, else 0.
  public let seen: UnsafeMutablePointer<UInt8>

  /// Allocates for tables of `tableRows` rows and batches of `batchCapacity` lookups, with room behind each row's slot for
  /// tables of so many `numbers` a row.
  ///
  /// Finding a row's slot has just fetched its cache line.
  public init(tableRows: Int, batchCapacity: Int, roomFor numbers: [Int] = []) {
    self.tableRows = tableRows
    capacity = min(tableRows, batchCapacity)
    let bits = capacity <= 1 ? 0 : Int.bitWidth - (capacity - 1).leadingZeroBitCount
    // What is beyond is refused when it is used: a model on paper may be of any size.
    slotRange = 1 << UInt32(min(bits, 31))
    first = slotRange
    rows = ZeroedMemory.allocate(capacity)
    slots = ZeroedMemory.allocate(batchCapacity)
    seen = ZeroedMemory.allocate(tableRows)
    let lent = numbers.reduce(0, +)
    let stride = RowRecord.stride(length: 1 + lent)
    let records = Matrix(rows: tableRows, columns: 1 + lent, stride: stride)
    self.records = records
    cells = UnsafeMutableRawPointer(records.base)
    cellBytes = stride * MemoryLayout<Scalar>.stride
    bytes =
      MemoryLayout<UInt32>.stride * (capacity + batchCapacity)
      + (MemoryLayout<Scalar>.stride * (stride - lent) + 1) * tableRows
    var first = 1
    for count in numbers {
      room.append(records.view.columns(first..<first + count))
      first += count
    }
  }

  /// Hands out room behind the slot numbers, once, to rows that it fits exactly.
  func takeRoom(for numbers: Int) -> Matrix? {
    guard let index = room.firstIndex(where: { $0.columns == numbers }) else { return nil }
    return Matrix(room.remove(at: index), of: records)
  }

  deinit {
    ZeroedMemory.free(rows)
    ZeroedMemory.free(slots)
    ZeroedMemory.free(seen)
  }

  /// Finds the rows that a batch's ids name; every id must be below `tableRows`.
  ///
  /// What lies `apart` of them is asked for as they are found: memory works on it while the next ones are looked for.
  public func find(
    _ ids: UnsafePointer<UInt32>, count lookups: Int, askingFor apart: MatrixView? = nil
  ) {
    assert(count == 0, "TouchedRows: find before clear")
    precondition(capacity <= slotRange, "TouchedRows: \(capacity) rows a batch")
    let (first, slotRange) = (first, slotRange)
    var found: UInt32 = 0
    func coming(_ distance: Int, after index: Int) -> UnsafeRawPointer {
      UnsafeRawPointer(cell(Int(ids[min(index + distance, lookups - 1)])))
    }
    for index in 0..<lookups {
      // From memory into the second cache, and from there, later, into the first.
      Prefetch.farElement(coming(Prefetch.farDistance, after: index))
      Prefetch.element(coming(Prefetch.distance, after: index))
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
        if let apart { Prefetch.farRow(apart.row(row), count: apart.columns) }
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
