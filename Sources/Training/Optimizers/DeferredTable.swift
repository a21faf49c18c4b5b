import LinearAlgebra
import Models

/// Counts how many of the deferred steps each row of a table has had, and applies the others.
final class DeferredTable: DeferredUpdates {
  private let parameter: OptimizedParameter
  private let rule: any UpdateRule
  private unowned let owner: DeferredRows
  /// The number of deferred steps that each row has had.
  private let stamps: UnsafeMutablePointer<UInt8>
  /// Touched rows that lack steps, contiguous: values, two kinds of history, their stamps spread.
  private let gathered: Matrix
  private let gatheredStamps: UnsafeMutablePointer<UInt8>
  private let gatheredRows: UnsafeMutablePointer<UInt32>
  /// The values, then each kind of history.
  private let sources: [GatheredRows]
  private let tileRows: Int

  init(_ parameter: OptimizedParameter, of owner: DeferredRows, _ rule: any UpdateRule) {
    self.parameter = parameter
    self.owner = owner
    self.rule = rule
    tileRows = UpdateTask.tileRows(width: parameter.width)
    stamps = ZeroedMemory.allocate(parameter.rows)
    let gathered = Matrix(rows: 4, columns: tileRows * parameter.width)
    self.gathered = gathered
    sources = ([parameter.values] + parameter.moments).enumerated().map {
      GatheredRows(rows: $1, gathered: gathered.view.row($0))
    }
    gatheredStamps = ZeroedMemory.allocate(tileRows)
    gatheredRows = ZeroedMemory.allocate(tileRows)
    parameter.parameter.deferredUpdates = self
  }

  deinit {
    ZeroedMemory.free(stamps)
    ZeroedMemory.free(gatheredStamps)
    ZeroedMemory.free(gatheredRows)
  }

  /// The bytes for a table of some rows.
  static func bytes(rows: Int, width: Int) -> Int {
    let tileRows = UpdateTask.tileRows(width: width)
    return rows + tileRows * (4 * width * MemoryLayout<Scalar>.size + 5)
  }

  func flush() { owner.flush() }

  /// Applies the deferred steps of some rows, and returns `Σw²` of the rows.
  func flush(_ rows: Range<Int>, scratch: UnsafeMutablePointer<Scalar>) -> Double {
    let width = parameter.width
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: tileRows) {
      let count = min(tileRows, rows.upperBound - start)
      let span = DeferredSpan(
        values: parameter.values.base + start * width,
        moments: parameter.state.base + start * parameter.momentWidth,
        momentStride: parameter.state.columns, count: count, rowWidth: width,
        stamps: stamps + start, scratch: scratch)
      rule.update(span, decay: Scalar(parameter.decay), owner.steps)
      (stamps + start).update(repeating: 0, count: count)
    }
    return squaredValues(of: rows)
  }

  /// `Σw²` of some rows, 0 if no gradient includes `λ·w`.
  ///
  /// Always summed tile by tile, so that a resumed run has the same bits.
  func squaredValues(of rows: Range<Int>) -> Double {
    guard parameter.gradientDecay != 0 else { return 0 }
    let width = parameter.width
    return stride(from: rows.lowerBound, to: rows.upperBound, by: tileRows).reduce(0) {
      sum, start in
      let count = min(tileRows, rows.upperBound - start)
      return sum
        + VectorKernels.sumOfSquares(parameter.values.base + start * width, count: count * width)
    }
  }

  // MARK: The rows that a batch touches

  func flushTouchedRows() {
    let steps = owner.steps
    guard !steps.isEmpty, let touched = parameter.touched else { return }
    let (rows, count, stamps) = (touched.rows, touched.count, stamps)
    var filled = 0
    for slot in 0..<count {
      let ahead = Int(rows[min(slot + Prefetch.distance, count - 1)])
      Prefetch.element(stamps + ahead)
      for source in sources { source.prefetch(ahead) }
      let row = Int(rows[slot])
      guard Int(stamps[row]) < steps.count else { continue }
      gatheredRows[filled] = rows[slot]
      gatheredStamps[filled] = stamps[row]
      stamps[row] = UInt8(steps.count)
      filled += 1
      if filled == tileRows {
        flushGathered(filled, steps)
        filled = 0
      }
    }
    if filled > 0 { flushGathered(filled, steps) }
  }

  /// Records that the rows of some slots have had the step that is to be added next.
  func recordStep(_ slots: Range<Int>) {
    guard let touched = parameter.touched else { return }
    let (rows, stamps, done) = (touched.rows, stamps, UInt8(owner.count))
    for slot in slots.lowerBound..<max(slots.lowerBound, min(slots.upperBound, touched.count)) {
      let row = Int(rows[slot])
      precondition(stamps[row] == done, "DeferredTable: a step before its rows were fetched")
      stamps[row] = done + 1
    }
  }

  private func flushGathered(_ count: Int, _ steps: UnsafeBufferPointer<UpdateStep>) {
    for source in sources { source.copy(gatheredRows, count) }
    let span = DeferredSpan(
      values: gathered.view.row(0), moments: gathered.view.row(1),
      momentStride: gathered.view.stride, count: count, rowWidth: parameter.width,
      stamps: gatheredStamps, scratch: gathered.view.row(3))
    Denormals.flushed { rule.update(span, decay: Scalar(parameter.decay), steps) }
    for source in sources { source.copy(gatheredRows, count, back: true) }
  }
}

/// Numbers of a table's rows, and the memory where those of some rows are gathered.
private struct GatheredRows {
  let rows: MatrixView
  let gathered: UnsafeMutablePointer<Scalar>

  @inline(__always)
  func prefetch(_ row: Int) { Prefetch.farRow(rows.row(row), count: rows.columns) }

  /// Copies rows of the table to the gathered ones, or back.
  @inline(__always)
  func copy(_ indices: UnsafePointer<UInt32>, _ count: Int, back: Bool = false) {
    for index in 0..<count {
      let (row, copy) = (rows.row(Int(indices[index])), gathered + index * rows.columns)
      ShortVectorKernels.copy(back ? copy : row, to: back ? row : copy, count: rows.columns)
    }
  }
}
