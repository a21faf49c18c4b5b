import LinearAlgebra

/// Which rows of one field's tables a batch reads, each counted once.
///
/// Row `rows[slot]` of a table has its gradient in row `slot` of a compact buffer, once the partial
/// sums of the batch's pieces have been added; lookup `b` adds its term to row `places[b]`.
/// `slots[b]` is the slot of lookup `b`: one lookup per batch row, or, in a sequence field, one per
/// value. Slots are numbered in the order of first appearance, so they are the same for any number
/// of threads. All tables of a field share one instance, and so do fields that share their tables:
/// the lookups of each have places of their own among `slots`.
public final class TouchedRows {
  /// Rows of the field's tables.
  public let tableRows: Int
  /// The maximum number of rows that a batch can touch.
  public let capacity: Int
  /// Bytes of the bookkeeping, without the room that it offers to tables.
  public let bytes: Int
  /// Rows of a compact gradient: one per slot, and those for the partial sums of pieces.
  public var gradientRows: Int { capacity + (pieceRows?.capacity ?? 0) }
  /// Calls `body` for every row of a compact gradient that the batch uses, with the piece whose
  /// terms it gets: for the same batch in the same order in every process.
  public func forEachGradientRow(_ body: (_ row: Int, _ piece: Int) -> Void) {
    for slot in 0..<count { body(slot, pieceRows?.piece(ofRow: slot) ?? 0) }
    guard let pieceRows else { return }
    for row in capacity..<capacity + pieceRows.count { body(row, pieceRows.piece(ofRow: row)) }
  }

  /// The first row of a compact gradient behind those of the slots, and the slots of the rows from
  /// there that the batch uses.
  var furtherRows: (first: Int, slots: UnsafeBufferPointer<UInt32>) {
    (capacity, UnsafeBufferPointer(start: pieceRows?.slots, count: pieceRows?.count ?? 0))
  }
  /// How many rows the batch touched.
  public private(set) var count = 0
  /// The rows touched, by slot.
  public let rows: UnsafeMutablePointer<UInt32>
  /// The slot of each lookup of the batch.
  public let slots: UnsafeMutablePointer<UInt32>
  /// The row of the compact gradient that gets the term of each lookup.
  public let places: UnsafeMutablePointer<UInt32>
  /// The gradient's rows for the partial sums of pieces; nil where a batch is one piece.
  let pieceRows: PieceRows?
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

  /// Allocates for tables of `tableRows` rows and batches of `batchCapacity` lookups in up to
  /// `pieces` pieces, with room behind each slot number for tables with these `numbers` per row.
  ///
  /// Finding a row's slot has just loaded that cache line.
  public init(
    tableRows: Int, batchCapacity: Int, pieces: Int = 1, roomFor numbers: [Int] = []
  ) {
    self.tableRows = tableRows
    capacity = min(tableRows, batchCapacity)
    let bits = capacity <= 1 ? 0 : Int.bitWidth - (capacity - 1).leadingZeroBitCount
    // A larger table is refused when it is used: a model that is only counted may have any size.
    slotRange = 1 << UInt32(min(bits, 31))
    first = slotRange
    rows = ZeroedMemory.allocate(capacity)
    slots = ZeroedMemory.allocate(batchCapacity)
    pieceRows =
      pieces > 1 ? PieceRows(slots: capacity, lookups: batchCapacity, pieces: pieces) : nil
    places = pieceRows == nil ? slots : ZeroedMemory.allocate(batchCapacity)
    seen = ZeroedMemory.allocate(tableRows)
    let offered = numbers.reduce(0, +)
    let stride = TableStorage.stride(length: 1 + offered)
    let records = Matrix(rows: tableRows, columns: 1 + offered, stride: stride)
    self.records = records
    cells = UnsafeMutableRawPointer(records.base)
    cellBytes = stride * MemoryLayout<Scalar>.stride
    bytes =
      MemoryLayout<UInt32>.stride * (capacity + (pieceRows == nil ? 1 : 2) * batchCapacity)
      + (pieceRows?.bytes ?? 0)
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
    if pieceRows != nil { ZeroedMemory.free(places) }
    ZeroedMemory.free(slots)
    ZeroedMemory.free(seen)
  }

  /// Finds the rows that a batch's ids refer to; every id must be below `tableRows`.
  ///
  /// The lookups are those of one `piece` of the batch. Their slots follow from place
  /// `firstLookup`; rows that were found before, in another piece or by another field, keep theirs.
  ///
  /// The rows of `separate` are prefetched as they are found, while the next ones are looked up.
  public func find(
    _ ids: UnsafePointer<UInt32>, count lookups: Int, at firstLookup: Int = 0, piece: Int = 0,
    prefetching separate: MatrixView? = nil
  ) {
    assert(count == 0 || firstLookup > 0, "TouchedRows: find before clear")
    precondition(capacity <= slotRange, "TouchedRows: \(capacity) rows per batch")
    let (first, slotRange, slots) = (first, slotRange, slots + firstLookup)
    let (pieceRows, places) = (pieceRows, places + firstLookup)
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
        pieceRows?.start(slot, in: piece)
        if let separate { Prefetch.farRow(separate.row(row), count: separate.columns) }
      }
      slots[index] = slot
      if let pieceRows { places[index] = pieceRows.row(of: slot, in: piece) }
    }
    count = Int(found)
  }

  /// Forgets the batch.
  public func clear() {
    count = 0
    pieceRows?.clear()
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
