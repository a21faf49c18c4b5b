import Platform

/// A product's first operand, in which groups of columns, all of one width, repeat a few distinct
/// rows; the other columns are copied side by side into `rest`.
///
/// Rows count as distinct in each of the batch's pieces. A batch's embeddings are such a matrix:
/// 4096 rows refer to a few dozen devices, or buckets of a number.
public final class RepeatedOperand {
  /// The maximum number of rows of an operand.
  let rowCapacity: Int
  /// Columns of a group.
  let groupWidth: Int
  /// The maximum number of distinct rows of all groups together.
  let distinctCapacity: Int
  /// The operand's columns that are in no group.
  let restColumns: [Range<Int>]
  /// The groups of the operand that began last.
  private(set) var groups: [RepeatedColumns] = []
  /// Distinct rows of the groups before each, and of all.
  private(set) var firsts = [0]
  /// The whole operand.
  private(set) var matrix: MatrixView?
  /// The operand's other columns.
  var rest: MatrixView { restMemory.view.rows(0..<(matrix?.rows ?? 0)) }
  /// Row by row, for each group the index of the row among the distinct ones of all groups.
  let places: UnsafeMutablePointer<UInt32>
  /// Row by row, the factor of each group's row; nil if it is always 1.
  let weights: UnsafeMutablePointer<Scalar>?
  /// Group by group the rows of the operand, sorted by the distinct row that they repeat, then in
  /// order.
  let order: UnsafeMutablePointer<UInt32>
  /// The index in `order` at which the rows of each distinct one begin, and where those of the last
  /// end.
  let bounds: UnsafeMutablePointer<UInt32>
  private let share: BatchShare
  private var isSorted = false
  private let restMemory: Matrix
  private let pool: WorkerPool

  /// How the rows are cut.
  var pieces: BatchPieces { share.pieces(rows: matrix?.rows ?? 0) }

  /// Allocates for operands of `columns` columns and at most `rowCapacity` rows, in which `groups`
  /// repeat rows.
  public init(
    rowCapacity: Int, columns: Int, groups: [Range<Int>], distinctCapacity: Int, isWeighted: Bool,
    share: BatchShare = BatchShare(), pool: WorkerPool
  ) {
    self.share = share
    precondition(
      groups.allSatisfy { $0.count == groups[0].count },
      "RepeatedOperand: groups of several widths")
    self.rowCapacity = rowCapacity
    groupWidth = groups.first?.count ?? 0
    self.distinctCapacity = distinctCapacity
    let bounds = [0] + groups.flatMap { [$0.lowerBound, $0.upperBound] } + [columns]
    restColumns = stride(from: 0, to: bounds.count, by: 2)
      .map { bounds[$0]..<bounds[$0 + 1] }.filter { !$0.isEmpty }
    restMemory = Matrix(rows: rowCapacity, columns: restColumns.reduce(0) { $0 + $1.count })
    let places = rowCapacity * groups.count
    self.places = ZeroedMemory.allocate(places)
    weights = isWeighted ? ZeroedMemory.allocate(places) : nil
    order = ZeroedMemory.allocate(places)
    self.bounds = ZeroedMemory.allocate(distinctCapacity + 1)
    self.groups.reserveCapacity(groups.count)
    firsts.reserveCapacity(groups.count + 1)
    self.pool = pool
  }

  deinit {
    ZeroedMemory.free(places)
    weights.map { ZeroedMemory.free($0) }
    ZeroedMemory.free(order)
    ZeroedMemory.free(bounds)
  }

  /// Distinct rows of all groups.
  var distinctCount: Int { firsts[groups.count] }

  /// Prepares what products read of an operand; its groups are those of `init`, in the same order.
  public func begin(_ matrix: MatrixView, _ groups: some Sequence<RepeatedColumns>) {
    self.matrix = matrix
    isSorted = false
    self.groups.removeAll(keepingCapacity: true)
    firsts.removeLast(firsts.count - 1)
    for group in groups {
      firsts.append(distinctCount + group.distinct.rows)
      self.groups.append(group)
    }
    precondition(
      distinctCount <= distinctCapacity && matrix.rows <= rowCapacity,
      "RepeatedOperand: \(distinctCount) distinct rows of \(distinctCapacity)")
    pool.tiles(of: matrix.rows, size: 256) { rows in
      copyRest(matrix, rows)
      writePlaces(rows)
    }
  }

  private func copyRest(_ matrix: MatrixView, _ rows: Range<Int>) {
    let rest = rest
    var first = 0
    for columns in restColumns {
      for row in rows {
        ShortVectorKernels.copy(
          matrix.row(row) + columns.lowerBound, to: rest.row(row) + first, count: columns.count)
      }
      first += columns.count
    }
  }

  private func writePlaces(_ rows: Range<Int>) {
    let count = groups.count
    for (index, group) in groups.enumerated() {
      let (first, slots) = (UInt32(firsts[index]), group.slots)
      for row in rows { places[row &* count &+ index] = first + slots[row] }
      guard let weights else { continue }
      for row in rows {
        weights[row &* count &+ index] = group.weights.map { Scalar($0[row]) } ?? 1
      }
    }
  }

  /// Sorts each group's rows by the distinct row that they repeat, once per operand, before a
  /// gradient is summed for these.
  func sortRows() {
    guard !isSorted, let rows = matrix?.rows else { return }
    pool.run(groups.count) { index in
      let slots = groups[index].slots
      let bounds = bounds + firsts[index]
      let distinct = firsts[index + 1] - firsts[index]
      bounds.update(repeating: 0, count: distinct)
      for row in 0..<rows { bounds[Int(slots[row])] += 1 }
      var end = UInt32(index * rows)
      for slot in 0..<distinct {
        end += bounds[slot]
        bounds[slot] = end
      }
      for row in (0..<rows).reversed() {
        bounds[Int(slots[row])] -= 1
        order[Int(bounds[Int(slots[row])])] = UInt32(row)
      }
    }
    bounds[distinctCount] = UInt32(groups.count * rows)
    isSorted = true
  }
}

/// Columns of an operand whose rows, in each piece of the batch, repeat a few distinct ones: `x[r]
/// = weight[r] · distinct[slot[r]]`.
public struct RepeatedColumns {
  /// Which columns of the operand they are.
  let columns: Range<Int>
  /// The distinct rows, each once.
  let distinct: MatrixView
  /// For each row of the operand, the distinct one that it repeats.
  let slots: UnsafePointer<UInt32>
  /// Where the distinct rows of each of the batch's pieces begin, and where those of the last end.
  let bounds: UnsafePointer<UInt32>
  /// The factor of each row; nil if it is 1.
  let weights: UnsafePointer<Float>?
  /// What the distinct rows' gradients are added to.
  let gradient: MatrixView
  /// The row of `gradient` for each distinct row.
  let gradientRows: UnsafePointer<UInt32>

  /// Describes columns in memory that the caller owns.
  public init(
    _ columns: Range<Int>, distinct: MatrixView, slots: UnsafeMutablePointer<UInt32>,
    bounds: UnsafeMutablePointer<UInt32>, weights: UnsafeMutablePointer<Float>?,
    gradient: MatrixView, gradientRows: UnsafeMutablePointer<UInt32>
  ) {
    self.bounds = UnsafePointer(bounds)
    self.gradientRows = UnsafePointer(gradientRows)
    self.columns = columns
    self.distinct = distinct
    self.slots = UnsafePointer(slots)
    self.weights = weights.map { UnsafePointer($0) }
    self.gradient = gradient
  }
}
