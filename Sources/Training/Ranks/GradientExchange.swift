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
  /// Where each parameter begins in `vector`.
  private let bounds: [Int]
  /// The gradients of dense parameters, one after another.
  private let vector: Matrix
  private let slices: Slices
  private let tables: [(touched: TouchedRows, gradients: [MatrixView], width: Int)]
  /// The gradients of table rows, by rank, then by table.
  private let rows: Matrix
  private var rowSlices: Slices
  /// By table, then by rank: where its rows begin in `rows`, and where the next one goes.
  private let starts: UnsafeMutablePointer<Int>
  private let places: UnsafeMutablePointer<Int>

  /// Prepares the exchange of a model's gradients.
  public init(_ model: CTRModel, _ collectives: any Collectives) {
    self.model = model
    self.collectives = collectives
    dense = model.parameters.filter { $0.touched == nil }
    bounds = dense.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    let count = bounds[dense.count]
    vector = Matrix(rows: 1, columns: count)
    slices = Slices(count: count, ranks: collectives.ranks)
    tables = zip(model.touchedRows, model.tablesOfOwners).map { touched, tables in
      (touched, tables.map(\.gradient.view), tables.reduce(0) { $0 + $1.gradient.columns })
    }
    rows = Matrix(rows: 1, columns: tables.reduce(0) { $0 + $1.touched.gradientRows * $1.width })
    rowSlices = Slices(count: 0, ranks: collectives.ranks)
    starts = ZeroedMemory.allocate(tables.count * collectives.ranks)
    places = ZeroedMemory.allocate(tables.count * collectives.ranks)
  }

  deinit {
    ZeroedMemory.free(starts)
    ZeroedMemory.free(places)
  }

  /// Exchanges the gradients of the model's last backward; `addPieces` is to follow.
  public func run() throws {
    guard collectives.ranks > 1 else { return }
    try sumDense()
    try exchangeRows()
  }

  private func sumDense() throws {
    copyDense { $1.update(from: $0, count: $2) }
    var span = UnsafeMutableBufferPointer(start: vector.base, count: vector.count).mutableSpan
    try collectives.reduceScatter(&span, slices, present: !model.share.rows.isEmpty)
    try collectives.allGather(&span, slices)
    copyDense { $0.update(from: $1, count: $2) }
  }

  /// Copies each gradient to or from its place in `vector`.
  private func copyDense(
    _ copy: (_ gradient: UnsafeMutablePointer<Scalar>, _ place: UnsafeMutablePointer<Scalar>, Int)
      -> Void
  ) {
    model.pool.run(dense.count) { index in
      copy(dense[index].gradient.base, vector.base + bounds[index], dense[index].count)
    }
  }

  private func exchangeRows() throws {
    layOut()
    let own = collectives.rank
    moveRows {
      $0 == own
    } copy: { row, place, columns in
      place.update(from: row, count: columns)
    }
    var span = UnsafeMutableBufferPointer(start: rows.base, count: rowSlices.count).mutableSpan
    try collectives.allGather(&span, rowSlices)
    moveRows {
      $0 != own
    } copy: { row, place, columns in
      row.update(from: place, count: columns)
    }
  }

  /// Finds where the rows of each rank begin, table by table.
  private func layOut() {
    let ranks = collectives.ranks
    model.pool.run(tables.count) { table in
      let counts = starts + table * ranks
      counts.update(repeating: 0, count: ranks)
      tables[table].touched.forEachGradientRow { _, piece in
        counts[rank(of: piece)] += tables[table].width
      }
    }
    var end = 0
    rowSlices.recut { rank in
      let first = end
      for table in tables.indices {
        let count = starts[table * ranks + rank]
        starts[table * ranks + rank] = end
        end += count
      }
      return end - first
    }
  }

  /// Copies each row of some ranks, parameter by parameter, to or from its place in `rows`.
  private func moveRows(
    of isMoved: (_ rank: Int) -> Bool,
    copy: (_ row: UnsafeMutablePointer<Scalar>, _ place: UnsafeMutablePointer<Scalar>, Int) -> Void
  ) {
    let ranks = collectives.ranks
    model.pool.run(tables.count) { index in
      let (table, places) = (tables[index], places + index * ranks)
      places.update(from: starts + index * ranks, count: ranks)
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
