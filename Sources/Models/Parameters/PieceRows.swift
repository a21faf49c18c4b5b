import LinearAlgebra

/// Which row of a compact gradient gets the terms of a table's row from each of a batch's pieces.
///
/// The first piece that touches a row uses the row's slot, each further one a row behind those of
/// all slots. `sum` adds a row's partial sums as a tree over the pieces that touched it; absent
/// pieces are skipped. A row that one piece touches, as most are, is not added at all.
final class PieceRows {
  /// The maximum number of rows behind those of the slots.
  let capacity: Int
  /// The number of rows behind those of the slots.
  private(set) var count = 0
  /// The slot of each row behind those of the slots.
  let slots: UnsafeMutablePointer<UInt32>
  /// By slot: the piece that uses the slot's own row.
  private let homes: UnsafeMutablePointer<UInt32>
  /// By slot: the row that was added last for it, counted from 1; 0 if there is none, as before
  /// every batch.
  private let heads: UnsafeMutablePointer<UInt32>
  /// By row: its piece, and the row that was added before it for the same slot, counted from 1.
  private let pieces: UnsafeMutablePointer<UInt32>
  private let previous: UnsafeMutablePointer<UInt32>
  /// The number of the first row behind those of the slots.
  private let first: Int
  /// Of the slot that is summed: its pieces, in order, and their rows.
  private let foundPieces: UnsafeMutablePointer<UInt32>
  private let foundRows: UnsafeMutablePointer<UInt32>
  /// The additions of a sum, in order: each row behind those of the slots is added once.
  private let sources: UnsafeMutablePointer<UInt32>
  private let targets: UnsafeMutablePointer<UInt32>
  private var planned = 0

  /// Allocates for `slots` slots and batches of `lookups` look-ups in up to `pieces` pieces.
  init(slots first: Int, lookups: Int, pieces count: Int) {
    self.first = first
    capacity = min(lookups, first * (count - 1))
    slots = ZeroedMemory.allocate(capacity)
    homes = ZeroedMemory.allocate(first)
    heads = ZeroedMemory.allocate(first)
    pieces = ZeroedMemory.allocate(capacity)
    previous = ZeroedMemory.allocate(capacity)
    foundPieces = ZeroedMemory.allocate(count)
    foundRows = ZeroedMemory.allocate(count)
    sources = ZeroedMemory.allocate(capacity)
    targets = ZeroedMemory.allocate(capacity)
  }

  deinit {
    ZeroedMemory.free(slots)
    ZeroedMemory.free(homes)
    ZeroedMemory.free(heads)
    ZeroedMemory.free(pieces)
    ZeroedMemory.free(previous)
    ZeroedMemory.free(foundPieces)
    ZeroedMemory.free(foundRows)
    ZeroedMemory.free(sources)
    ZeroedMemory.free(targets)
  }

  /// Bytes of the bookkeeping.
  var bytes: Int { MemoryLayout<UInt32>.stride * (5 * capacity + 2 * first) }

  /// Notes that a piece is the first to touch a slot's row.
  @inline(__always)
  func start(_ slot: UInt32, in piece: Int) {
    homes[Int(slot)] = UInt32(truncatingIfNeeded: piece)
  }

  /// The gradient's row for a slot that has been started.
  @inline(__always)
  func row(of slot: UInt32, in piece: Int) -> UInt32 {
    homes[Int(slot)] == UInt32(truncatingIfNeeded: piece) ? slot : furtherRow(of: slot, in: piece)
  }

  private func furtherRow(of slot: UInt32, in piece: Int) -> UInt32 {
    var row = heads[Int(slot)]
    while row != 0 {
      if Int(pieces[Int(row) - 1]) == piece { return UInt32(first) + row - 1 }
      row = previous[Int(row) - 1]
    }
    precondition(count < capacity, "PieceRows: more than \(capacity) rows")
    slots[count] = slot
    pieces[count] = UInt32(piece)
    previous[count] = heads[Int(slot)]
    count += 1
    heads[Int(slot)] = UInt32(count)
    return UInt32(first + count - 1)
  }

  /// The piece whose terms a row gets.
  @inline(__always)
  func piece(ofRow row: Int) -> Int { Int(row < first ? homes[row] : pieces[row - first]) }

  /// Forgets the batch.
  func clear() {
    for row in 0..<count { heads[Int(slots[row])] = 0 }
    count = 0
  }

  /// Adds up the partial sums of every slot, in its own row, and sets the other rows to zero.
  ///
  /// The gradients are those of all tables with these slots.
  func sum(_ gradients: [MatrixView]) {
    guard count > 0 else { return }
    planned = 0
    // Each slot once: for the row that was added first for it.
    for row in 0..<count where previous[row] == 0 {
      let slot = slots[row]
      if heads[Int(slot)] == UInt32(row + 1) {
        plan(adding: UInt32(first + row), to: slot)
      } else {
        _ = plan(0..<findPieces(of: Int(slot)), of: slot)
      }
    }
    for gradient in gradients {
      let width = gradient.columns
      for addition in 0..<planned {
        ShortVectorKernels.add(
          gradient.row(Int(sources[addition])), to: gradient.row(Int(targets[addition])),
          count: width)
      }
      gradient.rows(first..<first + count).wholeRows.fill(0)
    }
  }

  private func plan(adding source: UInt32, to target: UInt32) {
    (sources[planned], targets[planned]) = (source, target)
    planned += 1
  }

  /// Lists a slot's pieces in order; returns their number.
  private func findPieces(of slot: Int) -> Int {
    var count = 0
    func insert(_ piece: UInt32, _ row: Int) {
      var place = count
      while place > 0, foundPieces[place - 1] > piece {
        (foundPieces[place], foundRows[place]) = (foundPieces[place - 1], foundRows[place - 1])
        place -= 1
      }
      (foundPieces[place], foundRows[place]) = (piece, UInt32(row))
      count += 1
    }
    insert(homes[slot], slot)
    var row = heads[slot]
    while row != 0 {
      insert(pieces[Int(row) - 1], first + Int(row) - 1)
      row = previous[Int(row) - 1]
    }
    return count
  }

  /// Plans the sum over some of the pieces found, cut where their numbers' highest bit differs;
  /// returns the row that gets it: the slot's own if it is one of them, else the first one.
  private func plan(_ places: Range<Int>, of slot: UInt32) -> UInt32 {
    guard places.count > 1 else { return foundRows[places.lowerBound] }
    let differing = foundPieces[places.lowerBound] ^ foundPieces[places.upperBound - 1]
    let bit = UInt32(1) << UInt32(UInt32.bitWidth - 1 - differing.leadingZeroBitCount)
    var cut = places.lowerBound + 1
    while foundPieces[cut] & bit == 0 { cut += 1 }
    let left = plan(places.lowerBound..<cut, of: slot)
    let right = plan(cut..<places.upperBound, of: slot)
    let (source, target) = right == slot ? (left, right) : (right, left)
    plan(adding: source, to: target)
    return target
  }
}
