import Cluster
import LinearAlgebra
import Models
import Platform

/// Gives every rank the gradients of a whole batch, of which each has computed its own pieces.
///
/// The gradients of dense parameters are summed as a tree over the ranks. Those of table rows are
/// rows by piece, each computed by one rank: they are only passed on, and every rank then adds the
/// pieces in the same way. All ranks have found the rows of the whole batch, so they know without
/// asking which rank sends which rows.
public final class GradientExchange {
  private let model: CTRModel
  private let collectives: any Collectives
  private let dense: [Parameter]
  /// The gradients of dense parameters, one after another.
  private let vector: Matrix
  private let slices: Slices
  private let tables: [(touched: TouchedRows, gradients: [MatrixView], width: Int)]
  /// The gradients of table rows, by rank, then by table.
  private let rows: Matrix
  /// For each table and rank, where the rows begin in `rows`.
  private var starts: [[Int]]

  /// Prepares the exchange of a model's gradients.
  public init(_ model: CTRModel, _ collectives: any Collectives) {
    self.model = model
    self.collectives = collectives
    dense = model.parameters.filter { $0.touched == nil }
    let count = dense.reduce(0) { $0 + $1.count }
    vector = Matrix(rows: 1, columns: count)
    slices = Slices(count: count, ranks: collectives.ranks)
    tables = zip(model.touchedRows, model.tablesOfOwners).map { touched, tables in
      (touched, tables.map(\.gradient.view), tables.reduce(0) { $0 + $1.gradient.columns })
    }
    rows = Matrix(rows: 1, columns: tables.reduce(0) { $0 + $1.touched.gradientRows * $1.width })
    starts = Array(repeating: Array(repeating: 0, count: collectives.ranks), count: tables.count)
  }

  /// Exchanges the gradients of the model's last backward; `addPieces` is to follow.
  public func run() throws {
    guard collectives.ranks > 1 else { return }
    try sumDense()
    try exchangeRows()
  }

  private func sumDense() throws {
    let bounds = dense.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    func copy(back: Bool) {
      model.pool.run(dense.count) { index in
        let (gradient, copy) = (dense[index].gradient.base, vector.base + bounds[index])
        (back ? gradient : copy).update(from: back ? copy : gradient, count: dense[index].count)
      }
    }
    copy(back: false)
    var span = UnsafeMutableBufferPointer(start: vector.base, count: vector.count).mutableSpan
    try collectives.reduceScatter(&span, slices, present: !model.share.rows.isEmpty)
    try collectives.allGather(&span, slices)
    copy(back: true)
  }

  private func exchangeRows() throws {
    let lengths = layOut()
    move {
      $0 == collectives.rank
    } copy: { row, place, columns in
      place.update(from: row, count: columns)
    }
    let gathered = Slices(lengths: lengths)
    var span = UnsafeMutableBufferPointer(start: rows.base, count: gathered.count).mutableSpan
    try collectives.allGather(&span, gathered)
    move {
      $0 != collectives.rank
    } copy: { row, place, columns in
      row.update(from: place, count: columns)
    }
  }

  /// Finds where each rank's rows begin; returns the elements of each rank.
  private func layOut() -> [Int] {
    let ranks = collectives.ranks
    model.pool.run(tables.count) { table in
      // Counts first.
      var counts = [Int](repeating: 0, count: ranks)
      tables[table].touched.forEachGradientRow { _, piece in counts[rank(of: piece)] += 1 }
      for rank in 0..<ranks { counts[rank] *= tables[table].width }
      set(counts, of: table)
    }
    var end = 0
    return (0..<ranks).map { rank in
      let first = end
      for table in tables.indices {
        let count = starts[table][rank]
        starts[table][rank] = end
        end += count
      }
      return end - first
    }
  }

  private let monitor = Monitor()

  private func set(_ counts: [Int], of table: Int) {
    monitor.locked { starts[table] = counts }
  }

  /// Copies each row of some ranks, parameter by parameter, from or to its place in `rows`.
  private func move(
    of isMoved: (_ rank: Int) -> Bool,
    copy: (_ row: UnsafeMutablePointer<Scalar>, _ place: UnsafeMutablePointer<Scalar>, Int) -> Void
  ) {
    model.pool.run(tables.count) { index in
      let table = tables[index]
      var places = starts[index]
      table.touched.forEachGradientRow { row, piece in
        let rank = rank(of: piece)
        guard isMoved(rank) else { return }
        var place = rows.base + places[rank]
        places[rank] += table.width
        for gradient in table.gradients {
          copy(gradient.row(row), place, gradient.columns)
          place += gradient.columns
        }
      }
    }
  }

  /// The rank that computes a piece.
  private func rank(of piece: Int) -> Int {
    let pieces = BatchPieces.count(rows: model.share.batchRows)
    return piece * collectives.ranks / pieces
  }
}
