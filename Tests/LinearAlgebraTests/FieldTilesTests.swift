import LinearAlgebra
import Platform
import TestSupport
import Testing

@Suite struct FieldTilesTests {
  private let pool = WorkerPool(threads: 2)

  private func tiles(_ tensor: FieldTensor, in matrix: Matrix) -> FieldTiles {
    let tiles = FieldTiles(matrix.view, fields: tensor.fields)
    tiles.copy(from: tensor, pool: pool)
    return tiles
  }

  @Test(arguments: [1, 2, 7, 64, 300], [1, 2, 5])
  func aTileStoresEachFieldsVectorsContiguously(batch: Int, fields: Int) {
    for dimension in [1, 3, 8, 17] {
      let values = Matrix.random(batch, fields * dimension, seed: 1)
      let memory = Matrix(rows: batch, columns: fields * dimension)
      let tensor = FieldTensor(values.view, fields: fields)
      let tiles = tiles(tensor, in: memory)
      let rows = FieldTiles.tileRows(dimension: dimension)
      for row in 0..<batch {
        let tile = tiles.tile(row / rows)
        for field in 0..<fields {
          for k in 0..<dimension {
            #expect(
              tile[field, row % rows * dimension + k] == values[row, field * dimension + k])
          }
        }
      }
      let once = values.view.doubles
      tiles.add(to: tensor, pool: pool)
      tiles.add(to: tensor, pool: pool)
      expectClose(values.view.doubles, once.map { 3 * $0 }, .rounding)
    }
  }

  @Test func vectorsAreSummedAndOffsetByRowAndField() {
    let values = Matrix.random(50, 4 * 17, seed: 2)
    let memory = Matrix(rows: 50, columns: 4 * 17)
    let tiles = tiles(FieldTensor(values.view, fields: 4), in: memory)
    let sums = Matrix(rows: 50, columns: 6)
    func check(_ expected: (Int, Int) -> Double) {
      tiles.sumVectors(into: sums.view.columns(1..<5), pool: pool)
      for row in 0..<50 {
        for field in 0..<4 {
          expectClose(Double(sums[row, 1 + field]), expected(row, field), .rounding)
        }
        #expect(sums[row, 0] == 0 && sums[row, 5] == 0)
      }
    }
    func sum(_ row: Int, _ field: Int) -> Double {
      (0..<17).reduce(0) { $0 + Double(values[row, field * 17 + $1]) }
    }
    check(sum)
    let terms = Matrix.random(50, 4, seed: 3)
    tiles.add(toEachElement: terms.view, pool: pool)
    check { sum($0, $1) + 17 * Double(terms[$0, $1]) }
  }
}
