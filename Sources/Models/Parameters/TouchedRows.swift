import LinearAlgebra

/// Which rows of one field's tables a batch reads, each counted once.
///
/// Row `rows[slot]` of a table has its gradient in row `slot` of a compact buffer; `slots[b]` is
/// the slot of lookup `b`: one lookup per batch row, or, in a sequence field, one per value. Slots
/// are numbered in the order of first appearance, so they are the same for any number of threads.
/// All tables of a field share one instance, and so do fields that share their tables: the lookups
/// of each have places of their own among `slots`.
public final class TouchedRows {
  /// Rows of the field's tables.
  public let tableRows: Int
  /// The maximum number of rows that a batch can touch.
  public let capacity: Int
  /// Bytes of the bookkeeping, without the room that it offers to tables.
  public let bytes: Int
  /// How many rows the batch touched.
  public private(set) var count = 0
  /// The rows touched, by slot.
  public let rows: UnsafeMutablePointer<UInt32>
  /// The slot of each lookup of the batch.
  public let slots: UnsafeMutablePointer<UInt32>
  /// One number per table row: `first + slot` of the batch that touched it last, 0 if none did.
  ///
  /// Increasing `first` forgets a batch, and a table without lookups is all zeros, for which the
  /// system provides no memory.
  private let cells: UnsafeMutableRawPointer
  /// Bytes from one slot number to the next.
  private let cellBytes: Int
  /// The number of this batch's slot 0, a multiple of `slotRange`.
  private var first: UInt32
  /// The smallest power of two that is at least `capacity`, up to 2³¹.
  private let slotRange: UInt32
  /// The slot numbers, each with what is stored behind it.
  let records: Matrix
  /// The columns of `records` that no table has taken yet.
  private var room: [Range<Int>] = []
  /// 1 for each row of the table that training has touched, else 0.
  public let seen: UnsafeMutablePointer<UInt8>

  /// Allocates for tables of `tableRows` rows and batches of `batchCapacity` lookups, with room
  /// behind each slot number for tables with these `numbers` per row.
  ///
  /// Finding a row's slot has just loaded that cache line.
  public init(tableRows: Int, batchCapacity: Int, roomFor numbers: [Int] = []) {
    self.tableRows = tableRows
    capacity = min(tableRows, batchCapacity)
    let bits = capacity <= 1 ? 0 : Int.bitWidth - (capacity - 1).leadingZeroBitCount
    // A larger table is refused when it is used: a model that is only counted may have any size.
    slotRange = 1 << UInt32(min(bits, 31))
    first = slotRange
    rows = ZeroedMemory.allocate(capacity)
    slots = ZeroedMemory.allocate(batchCapacity)
    seen = ZeroedMemory.allocate(tableRows)
    let offered = numbers.reduce(0, +)
    let stride = TableStorage.stride(length: 1 + offered)
    let records = Matrix(rows: tableRows, columns: 1 + offered, stride: stride)
    self.records = records
    cells = UnsafeMutableRawPointer(records.base)
    cellBytes = stride * MemoryLayout<Scalar>.stride
    bytes =
      MemoryLayout<UInt32>.stride * (capacity + batchCapacity)
      + (MemoryLayout<Scalar>.stride * (stride - offered) + 1) * tableRows
    var first = 1
    for count in numbers {
      room.append(first..<first + count)
      first += count
    }
  }

  /// Columns of `records` that fit rows of `numbers` exactly, given out once.
  func takeRoom(for numbers: Int) -> Range<Int>? {
    room.firstIndex { $0.count == numbers }.map { room.remove(at: $0) }
  }

  deinit {
    ZeroedMemory.free(rows)
    ZeroedMemory.free(slots)
    ZeroedMemory.free(seen)
  }

  /// Finds the rows that a batch's ids refer to; every id must be below `tableRows`.
  ///
  /// The slots of the lookups follow from place `firstLookup`; rows that were found before, by
  /// another field, keep theirs.
  ///
  /// The rows of `separate` are prefetched as they are found, while the next ones are looked up.
  public func find(
    _ ids: UnsafePointer<UInt32>, count lookups: Int, at firstLookup: Int = 0,
    prefetching separate: MatrixView? = nil
  ) {
    assert(count == 0 || firstLookup > 0, "TouchedRows: find before clear")
    precondition(capacity <= slotRange, "TouchedRows: \(capacity) rows per batch")
    let (first, slotRange, slots) = (first, slotRange, slots + firstLookup)
    var found = UInt32(count)
    func cellAhead(_ distance: Int, of index: Int) -> UnsafeRawPointer {
      UnsafeRawPointer(cell(Int(ids[min(index + distance, lookups - 1)])))
    }
    for index in 0..<lookups {
      // From memory into the L2 cache, and later from there into L1.
      Prefetch.farElement(cellAhead(Prefetch.farDistance, of: index))
      Prefetch.element(cellAhead(Prefetch.distance, of: index))
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
        if let separate { Prefetch.farRow(separate.row(row), count: separate.columns) }
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

  /// Must be called, between batches, after `seen` was replaced.
  public func seenWasReplaced() {
    assert(count == 0, "TouchedRows: seen replaced within a batch")
    forgetEveryBatch()
  }

  /// Starts again with the first slot numbers.
  private func forgetEveryBatch() {
    for row in 0..<tableRows where cell(row).load(as: UInt32.self) != 0 {
      cell(row).storeBytes(of: 0, as: UInt32.self)
    }
    first = slotRange
  }

  /// The slot of a table row; nil if the batch did not touch it.
  @inline(__always)
  public func slot(of row: Int) -> Int? {
    let slot = cell(row).load(as: UInt32.self) &- first
    return slot < slotRange ? Int(slot) : nil
  }

  @inline(__always)
  private func cell(_ row: Int) -> UnsafeMutableRawPointer { cells + row &* cellBytes }
}
