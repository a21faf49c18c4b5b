import LinearAlgebra

/// Which rows of one field's tables a batch reads, each counted once.
///
/// Row `rows[slot]` of a table has its gradient in row `slot` of a compact buffer; `slots[b]` is the slot of
/// lookup `b`: of a batch row, or, in a sequence field, of a row's value. Slots are numbered in the order of first appearance, so they are the same for any number of
/// threads. All tables of a field share one of these.
public final class TouchedRows {
  /// Rows of the field's tables.
  public let tableRows: Int
  /// The most rows one batch can touch.
  public let capacity: Int
  /// What the bookkeeping takes.
  public let bytes: Int
  /// How many rows the batch touched.
  public private(set) var count = 0
  /// The rows touched, by slot.
  public let rows: UnsafeMutablePointer<UInt32>
  /// The slot of each lookup of the batch.
  public let slots: UnsafeMutablePointer<UInt32>
  /// One more than the slot of each row of the table, 0 where the batch did not touch it; above it, one bit says that
  /// the row is known to be among `seen`, which spares a look there.
  ///
  /// So a table that nothing was looked up in is all zeros, which the system hands out without memory behind them.
  public let slotNumbers: UnsafeMutablePointer<UInt32>
  /// 1 for each row of the table that training ever touched, else 0.
  public let seen: UnsafeMutablePointer<UInt8>

  /// Allocates for tables of `tableRows` rows and batches of `batchCapacity` lookups.
  public init(tableRows: Int, batchCapacity: Int) {
    self.tableRows = tableRows
    precondition(batchCapacity < Self.seenBit, "TouchedRows: \(batchCapacity) lookups a batch")
    capacity = min(tableRows, batchCapacity)
    // `find` writes one row ahead of what it has found.
    rows = ZeroedMemory.allocate(capacity + 1)
    slots = ZeroedMemory.allocate(batchCapacity)
    slotNumbers = ZeroedMemory.allocate(tableRows)
    seen = ZeroedMemory.allocate(tableRows)
    bytes =
      MemoryLayout<UInt32>.size * (capacity + 1 + batchCapacity + tableRows)
      + MemoryLayout<UInt8>.size * tableRows
  }

  deinit {
    ZeroedMemory.free(rows)
    ZeroedMemory.free(slots)
    ZeroedMemory.free(slotNumbers)
    ZeroedMemory.free(seen)
  }

  /// Finds the rows that a batch's ids name; every id must be below `tableRows`.
  public func find(_ ids: UnsafePointer<UInt32>, count lookups: Int) {
    assert(count == 0, "TouchedRows: find before clear")
    // Whether a row is new is anybody's guess, so nothing branches on it.
    var found: UInt32 = 0
    for index in 0..<lookups {
      let ahead = Int(ids[min(index + Prefetch.distance, lookups - 1)])
      Prefetch.element(slotNumbers + ahead)
      let row = Int(ids[index])
      let known = slotNumbers[row]
      let isNew = known & Self.numberBits == 0
      rows[Int(found)] = ids[index]
      found &+= isNew ? 1 : 0
      let number = isNew ? known | found : known
      slotNumbers[row] = number
      slots[index] = (number & Self.numberBits) &- 1
    }
    count = Int(found)
  }

  /// Forgets the batch, whose rows have now been seen.
  public func clear() {
    for slot in 0..<count {
      let ahead = Int(rows[min(slot + Prefetch.distance, count - 1)])
      Prefetch.element(slotNumbers + ahead)
      let row = Int(rows[slot])
      if slotNumbers[row] & Self.seenBit == 0 { seen[row] = 1 }
      slotNumbers[row] = Self.seenBit
    }
    count = 0
  }

  /// Looks at `seen` anew, between batches: for whoever has replaced it.
  public func seenWasReplaced() {
    assert(count == 0, "TouchedRows: seen replaced within a batch")
    for row in 0..<tableRows where slotNumbers[row] != 0 { slotNumbers[row] = 0 }
  }

  /// Whether the batch touched none of eight consecutive rows.
  @inline(__always)
  public func leavesAlone(eightFrom row: Int) -> Bool {
    let numbers = UnsafeRawPointer(slotNumbers + row).loadUnaligned(as: SIMD8<UInt32>.self)
    return numbers & SIMD8(repeating: Self.numberBits) == .zero
  }

  /// The slot of a table's row, nil where the batch did not touch it.
  @inline(__always)
  public func slot(of row: Int) -> Int? {
    let number = slotNumbers[row] & Self.numberBits
    return number == 0 ? nil : Int(number) - 1
  }

  private static let seenBit: UInt32 = 1 << 31
  private static let numberBits = ~seenBit
}
