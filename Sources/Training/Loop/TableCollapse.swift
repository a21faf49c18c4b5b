import LinearAlgebra
import Models
import Platform

/// How far a model's embedding tables have collapsed: means over fields of two numbers of directions in use.
///
/// Of each table the rows that training touched, uncentred, as `sfg analyze collapse` lists them by field. The
/// singular values are roots of the eigenvalues of the `d × d` Gram matrix, which takes one pass over those rows;
/// values below 1e-8 of the largest are lost in rounding, and weigh nothing in either number.
public struct TableCollapse: Equatable, Sendable, Codable {
  /// The mean of `Σσ / max σ`; nil where there are no tables, or where they are not finite.
  public let informationAbundance: Double?
  /// The mean of `exp(−Σ p ln p)` with `p = σ/Σσ + 1e-7`; nil where there are no tables.
  public let rankMe: Double?

  private static let blockRows = 256

  /// Nothing known.
  init() { (informationAbundance, rankMe) = (nil, nil) }

  /// Measures a model's tables, a field a task: the bits do not depend on the number of threads.
  init(of model: CTRModel, pool: WorkerPool) {
    let tables = model.embeddingTables
    let monitor = Monitor()
    var spectra = [Spectrum?](repeating: nil, count: tables.count)
    let alone = WorkerPool(threads: 1)
    pool.run(tables.count) { index in
      let spectrum = Self.spectrum(of: tables[index].value, tables[index].touched, alone)
      monitor.locked { spectra[index] = spectrum }
    }
    let found = spectra.compactMap { $0 }
    func mean(_ number: (Spectrum) -> Double) -> Double? {
      found.isEmpty ? nil : found.reduce(0) { $0 + number($1) } / Double(found.count)
    }
    informationAbundance = mean(\.informationAbundance)
    rankMe = mean(\.rankMe)
  }

  /// The spectrum of a table's touched rows; nil where there are none, or where they are not finite.
  private static func spectrum(
    of table: Matrix, _ touched: TouchedRows, _ pool: WorkerPool
  ) -> Spectrum? {
    let columns = table.columns
    let moments = MomentAccumulator(columns: columns, pool: pool)
    let block = Matrix(rows: blockRows, columns: columns)
    var filled = 0
    var rows = 0
    for row in 0..<table.rows where touched.seen[row] != 0 {
      rows += 1
      block.view.row(filled).update(from: table.view.row(row), count: columns)
      filled += 1
      if filled == blockRows {
        moments.add(block.view)
        filled = 0
      }
    }
    if filled > 0 { moments.add(block.view.rows(0..<filled)) }
    guard rows > 0, let squares = try? SingularValues.of(moments.finish().gram) else { return nil }
    return Spectrum(squares.map { $0.squareRoot() })
  }
}

extension CTRModel {
  /// The embedding tables that a backbone reads, with the rows of them that training touched.
  fileprivate var embeddingTables: [(value: Matrix, touched: TouchedRows)] {
    parameters.compactMap { parameter in
      guard parameter.name.hasPrefix("embedding."), let touched = parameter.touched else {
        return nil
      }
      return (parameter.flushedValue(), touched)
    }
  }
}
