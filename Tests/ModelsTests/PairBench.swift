import ClickData
import LinearAlgebra
import TestSupport

@testable import Models

/// One shape, with operands drawn from a seed; a class, so that a view's memory lives as long as
/// the bench.
final class PairBench {
  let context: LayerContext
  let tables: FieldTables
  let shape: FieldShape
  let left: Matrix
  let right: Matrix
  let outputGradient: Matrix
  let fields: Int
  let dimension: Int

  init(batch: Int, fields: Int, dimension: Int) {
    self.fields = fields
    self.dimension = dimension
    context = .test(batch: batch, seed: 1)
    tables = FieldTables(FieldSchema.mixed(fields: fields), batchCapacity: batch)
    shape = FieldShape(fields: fields, dimension: dimension)
    left = Matrix.random(batch, fields * dimension, seed: 2)
    right = Matrix.random(batch, fields * dimension, seed: 3)
    outputGradient = Matrix.random(batch, max(shape.pairs, 1), seed: 4)
  }

  func tensor(_ matrix: Matrix) -> FieldTensor { FieldTensor(matrix.view, fields: fields) }

  /// `Σ_{i<j} term(pair, i, j)` of one row's pairs.
  func sumOfPairs(_ term: (Int, Int, Int) -> Double) -> Double {
    var (sum, pair) = (0.0, 0)
    for i in 0..<fields {
      for j in i + 1..<max(fields, i + 1) {
        sum += term(pair, i, j)
        pair += 1
      }
    }
    return sum
  }

  func left(_ row: Int, _ field: Int, _ index: Int) -> Double {
    Double(left[row, field * dimension + index])
  }

  func right(_ row: Int, _ field: Int, _ index: Int) -> Double {
    Double(right[row, field * dimension + index])
  }
}
