import LinearAlgebra
import Models
import Platform

/// How far embedding tables have collapsed: means over fields of two counts of directions in use.
///
/// Covers the rows of each table that training touched, uncentred, as `sfg analyze collapse` lists
/// them by field. The singular values are the roots of the eigenvalues of the `d × d` Gram matrix,
/// which takes one pass over those rows; values below 1e-8 of the largest are lost in rounding, and
/// count for nothing in either number.
public struct TableCollapse: Equatable, Sendable, Codable {
  /// The mean of `Σσ / max σ`; nil without tables, or if they are not finite.
  public let informationAbundance: Double?
  /// The mean of `exp(−Σ p ln p)` with `p = σ/Σσ + 1e-7`; nil in the same cases.
  public let rankMe: Double?

  private static let blockRows = 256

  /// Measures a model's tables, one task per field; the bits do not depend on the threads.
  ///
  /// Deferred updates must have been applied.
  init(of model: CTRModel, pool: WorkerPool) {
    let tables = model.embeddingTables
    var spectra = [Spectrum?](repeating: nil, count: tables.count)
    let alone = WorkerPool(threads: 1)
    spectra.withUnsafeMutableBufferPointer { spectra in
      pool.run(tables.count) { index in
        spectra[index] = Self.spectrum(of: tables[index].value, tables[index].touched, alone)
      }
    }
    let found = spectra.compactMap { $0 }
    func mean(_ number: (Spectrum) -> Double) -> Double? {
      found.isEmpty ? nil : found.reduce(0) { $0 + number($1) } / Double(found.count)
    }
    informationAbundance = mean(\.informationAbundance)
    rankMe = mean(\.rankMe)
  }

  /// The spectrum of a table's touched rows; nil without such rows, or if they are not finite.
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
  /// The embedding tables that a backbone reads, with the rows that training touched.
  fileprivate var embeddingTables: [(value: Matrix, touched: TouchedRows)] {
    parameters.compactMap { parameter in
      guard parameter.name.hasPrefix("embedding."), let touched = parameter.touched else {
        return nil
      }
      return (parameter.flushedValue(), touched)
    }
  }
}
