import ClickData

/// Which rows of one field's tables a batch reads, each counted once.
///
/// Row `rows[slot]` of a table has its gradient in row `slot` of a compact buffer; `slots[b]` is the slot of
/// batch row `b`. Slots are numbered in the order of first appearance, so they are the same for any number of
/// threads. All tables of a field share one of these.
public final class TouchedRows {
  /// Rows of the field's tables.
  public let tableRows: Int
  /// The most rows one batch can touch.
  public let capacity: Int
  /// How many rows the batch touched.
  public private(set) var count = 0
  /// The rows touched, by slot.
  public let rows: UnsafeMutablePointer<UInt32>
  /// The slot of each row of the batch.
  public let slots: UnsafeMutablePointer<UInt32>
  /// The slot of each row of the table, -1 where the batch did not touch it.
  public let slotOfRow: UnsafeMutablePointer<Int32>
  /// Whether training ever touched a row of the table.
  public let seen: UnsafeMutablePointer<Bool>

  /// Allocates for tables of `tableRows` rows and batches of `batchCapacity`.
  public init(tableRows: Int, batchCapacity: Int) {
    self.tableRows = tableRows
    capacity = min(tableRows, batchCapacity)
    rows = .allocate(capacity: capacity)
    rows.initialize(repeating: 0, count: capacity)
    slots = .allocate(capacity: batchCapacity)
    slots.initialize(repeating: 0, count: batchCapacity)
    slotOfRow = .allocate(capacity: tableRows)
    slotOfRow.initialize(repeating: -1, count: tableRows)
    seen = .allocate(capacity: tableRows)
    seen.initialize(repeating: false, count: tableRows)
  }

  deinit {
    rows.deallocate()
    slots.deallocate()
    slotOfRow.deallocate()
    seen.deallocate()
  }

  /// Finds the rows that a batch's ids name; every id must be below `tableRows`.
  public func find(_ ids: UnsafePointer<UInt32>, count batchRows: Int) {
    assert(count == 0, "TouchedRows: find before clear")
    var found = 0
    for index in 0..<batchRows {
      let row = Int(ids[index])
      var slot = slotOfRow[row]
      if slot < 0 {
        slot = Int32(truncatingIfNeeded: found)
        slotOfRow[row] = slot
        rows[found] = ids[index]
        seen[row] = true
        found += 1
      }
      slots[index] = UInt32(bitPattern: slot)
    }
    count = found
  }

  /// Forgets the batch.
  public func clear() {
    for slot in 0..<count { slotOfRow[Int(rows[slot])] = -1 }
    count = 0
  }

  /// The slot of a table's row, nil where the batch did not touch it.
  public func slot(of row: Int) -> Int? {
    slotOfRow[row] < 0 ? nil : Int(slotOfRow[row])
  }
}
