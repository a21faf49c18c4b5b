import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct TableCollapseTests {
  private func model(_ settings: ModelSettings = ModelSettings()) -> CTRModel {
    let model = CTRModel(
      schema: [
        FieldSchema(name: "a", kind: .category, rows: 700),
        FieldSchema(name: "b", kind: .category, rows: 9),
        FieldSchema(name: "c", kind: .category, rows: 4),
      ], settings: settings, batchCapacity: 2, seed: 1, pool: WorkerPool(threads: 1))
    for row in 0..<700 where row % 3 != 0 { model.touchedRows[0].seen[row] = 1 }
    for row in 0..<3 { model.touchedRows[1].seen[row] = 1 }
    return model
  }

  /// Compared with a decomposition of the rows themselves; the third field has none.
  @Test func collapseIsTheMeanOverFieldsOfTheTouchedRowsSpectra() throws {
    let model = model()
    let spectra = try (0..<2).map { field in
      let table = model.parameters[field].value
      let rows = (0..<table.rows).filter { model.touchedRows[field].seen[$0] != 0 }
      var matrix = DoubleMatrix(rows: max(rows.count, table.columns), columns: table.columns)
      for (index, row) in rows.enumerated() {
        for column in 0..<table.columns { matrix[index, column] = Double(table[row, column]) }
      }
      return Spectrum(try SingularValues.of(matrix))
    }
    let collapse = TableCollapse(of: model, pool: WorkerPool(threads: 2))
    let tolerance = Tolerance(absolute: 0, relative: 1e-6)
    expectClose(
      try #require(collapse.informationAbundance),
      (spectra[0].informationAbundance + spectra[1].informationAbundance) / 2, tolerance)
    expectClose(
      try #require(collapse.rankMe), (spectra[0].rankMe + spectra[1].rankMe) / 2, tolerance)
    #expect(collapse == TableCollapse(of: model, pool: WorkerPool(threads: 1)))
  }

  @Test func aTableOfEqualRowsHasOneDirection() throws {
    let model = model()
    for field in 0..<2 {
      let table = model.parameters[field].value
      for index in 0..<table.count { table.base[index] = Scalar(1 + index % table.columns) }
    }
    let collapse = TableCollapse(of: model, pool: WorkerPool(threads: 1))
    expectClose(
      try #require(collapse.informationAbundance), 1, Tolerance(absolute: 1e-6, relative: 0))
    expectClose(try #require(collapse.rankMe), 1, Tolerance(absolute: 1e-3, relative: 0))
  }

  @Test func aModelWithoutEmbeddingsHasNoCollapse() {
    var settings = ModelSettings()
    settings.backbone = .lr
    let collapse = TableCollapse(of: model(settings), pool: WorkerPool(threads: 1))
    #expect(collapse.informationAbundance == nil && collapse.rankMe == nil)
  }
}
