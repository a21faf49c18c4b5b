import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Layers over pairs of fields, each alone: against the pairs written out, and against central
/// differences.
@Suite struct PairLayerTests {
  static let batches = [1, 2, 7, 64]

  /// Compares a layer's logits with a formula, and the gradients of `Σ c·logit` with central
  /// differences.
  private func check(
    _ bench: PairBench, _ label: String,
    forward: (FieldTensor, FieldTensor, MatrixView) -> Void,
    backward: (MatrixView, FieldTensor, FieldTensor) -> Void, expected: (Int) -> Double
  ) {
    let (batch, parameters) = (bench.left.rows, bench.context.parameters)
    bench.context.allocate()
    for parameter in parameters { parameter.randomize(seed: 5) }
    let logits = Matrix(rows: batch, columns: 1)
    let weights = bench.outputGradient.view.columns(0..<1)
    defer { withExtendedLifetime((bench, logits)) {} }
    func loss() -> Double {
      logits.view.fill(0)
      forward(bench.tensor(bench.left), bench.tensor(bench.right), logits.view)
      return (0..<batch).reduce(0) { $0 + Double(weights[$1, 0]) * Double(logits[$1, 0]) }
    }
    _ = loss()
    expectClose(
      logits.view.doubles, (0..<batch).map(expected), Tolerance(absolute: 1e-3, relative: 1e-4),
      label)
    let gradients = [bench.left, bench.right].map { Matrix(rows: batch, columns: $0.columns) }
    defer { withExtendedLifetime(gradients) {} }
    backward(weights, bench.tensor(gradients[0]), bench.tensor(gradients[1]))
    let arrays =
      [
        ("left", bench.left, gradients[0].view.doubles),
        ("right", bench.right, gradients[1].view.doubles),
      ] + parameters.map { ($0.name, $0.value, gradient(of: $0)) }
    for (name, value, gradient) in arrays where value.count > 0 {
      GradientCheck.check(
        "\(label), \(name)", base: value.base, count: value.count, gradient: gradient,
        directions: 2, tolerance: tolerance, loss: loss)
    }
  }

  /// Of the value's shape, also where only touched rows are kept.
  private func gradient(of parameter: Parameter) -> [Double] {
    (0..<parameter.value.rows).flatMap { row in
      (0..<parameter.value.columns).map { Double(parameter.gradient(row: row, column: $0)) }
    }
  }

  /// Losses of hundreds, in float: their differences carry that much more rounding.
  private var tolerance: Tolerance {
    MemoryLayout<Scalar>.size == 8 ? .gradient : Tolerance(absolute: 2e-2, relative: 2e-3)
  }

  @Test(arguments: [1, 2, 5], [1, 3, 8, 10, 17])
  func weightedSumEqualsThePairsWrittenOut(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let bench = PairBench(batch: batch, fields: fields, dimension: dimension)
      let layer = WeightedPairwiseSum(bench.context, bench.shape)
      let weight = bench.context.parameters[0].value
      check(
        bench, "batch \(batch)",
        forward: { layer.forward(source: $0, target: $1, addingTo: $2) },
        backward: { layer.backward($0, addingTo: $1, $2) },
        expected: { row in
          bench.sumOfPairs { pair, i, j in
            (0..<dimension).reduce(0) { $0 + bench.left(row, i, $1) * bench.right(row, j, $1) }
              * Double(weight[0, pair])
          }
        })
    }
  }

  // Thirteen fields of 17 are cut into three strips.
  @Test(arguments: [1, 2, 5, 13], [1, 3, 8, 17])
  func matrixSumEqualsThePairsWrittenOut(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let bench = PairBench(batch: batch, fields: fields, dimension: dimension)
      let layer = MatrixPairwiseSum(bench.context, bench.shape)
      let weight = bench.context.parameters[0].value
      check(
        bench, "batch \(batch)",
        forward: { layer.forward(left: $0, right: $1, addingTo: $2) },
        backward: { layer.backward($0, addingTo: $1, $2) },
        expected: { row in
          bench.sumOfPairs { pair, i, j in
            (0..<dimension * dimension).reduce(0) { sum, index in
              let (k, l) = index.quotientAndRemainder(dividingBy: dimension)
              return sum + bench.left(row, i, k) * Double(weight[pair, index])
                * bench.right(row, j, l)
            }
          }
        })
    }
  }

  @Test(arguments: [1, 2, 5], [1, 3, 8, 10, 17])
  func diagonalSumEqualsThePairsWrittenOut(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let bench = PairBench(batch: batch, fields: fields, dimension: dimension)
      let layer = DiagonalPairwiseSum(bench.context, bench.shape)
      let weight = bench.context.parameters[0].value
      check(
        bench, "batch \(batch)",
        forward: { layer.forward(left: $0, right: $1, addingTo: $2) },
        backward: { layer.backward($0, addingTo: $1, $2) },
        expected: { row in
          bench.sumOfPairs { pair, i, j in
            (0..<dimension).reduce(0) {
              $0 + bench.left(row, i, $1) * Double(weight[pair, $1]) * bench.right(row, j, $1)
            }
          }
        })
    }
  }

  @Test(arguments: [1, 2, 5], [1, 3, 8, 10, 17])
  func fieldVectorsEqualTheFieldsWrittenOut(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let bench = PairBench(batch: batch, fields: fields, dimension: dimension)
      let rows = EncodedBatch.random(rows: batch, schema: bench.tables.schema, seed: 6)
      let term = FieldVectorTerm(bench.context, width: bench.shape.width)
      let weight = bench.context.parameters[0].value
      check(
        bench, "batch \(batch)",
        forward: { left, _, logits in
          term.forward(rows, FieldInput(left), .evaluation, addingTo: logits)
        },
        backward: { gradient, left, _ in
          term.backward(rows, gradient, addingTo: FieldGradient(left))
        },
        expected: { row in
          (0..<fields * dimension).reduce(0) {
            $0 + Double(bench.left[row, $1]) * Double(weight[0, $1])
          }
        })
    }
  }

  @Test(arguments: [1, 2, 5], [1, 3, 8, 10, 17])
  func featureVectorsEqualTheFieldsWrittenOut(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let bench = PairBench(batch: batch, fields: fields, dimension: dimension)
      let rows = EncodedBatch.random(rows: batch, schema: bench.tables.schema, seed: 6)
      let term = FeatureVectorTerm(bench.context, bench.tables, dimension: dimension)
      check(
        bench, "batch \(batch)",
        forward: { left, _, logits in
          term.forward(rows, FieldInput(left), .evaluation, addingTo: logits)
        },
        backward: { gradient, left, _ in
          for (field, touched) in bench.tables.touchedRows.enumerated() {
            touched.find(rows.ids(field), count: batch)
          }
          term.backward(rows, gradient, addingTo: FieldGradient(left))
        },
        expected: { row in
          (0..<fields).reduce(0) { sum, field in
            let vector = bench.context.parameters[field].value.view.row(Int(rows.ids(field)[row]))
            return sum
              + Double(rows.values(field)?[row] ?? 1)
              * (0..<dimension).reduce(0) { $0 + Double(vector[$1]) * bench.left(row, field, $1) }
          }
        })
    }
  }

  @Test(arguments: [1, 2, 5], [1, 3, 8, 10, 17])
  func pairVectorGradientsEqualCentralDifferences(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let bench = PairBench(batch: batch, fields: fields, dimension: dimension)
      let layer = PairwiseVector(bench.context, bench.shape)
      // Part of a wider matrix, as IPNN reads it.
      let wide = Matrix(rows: batch, columns: bench.shape.pairs + 3)
      let output = wide.view.columns(3..<wide.columns)
      let weights = bench.outputGradient.view.columns(0..<bench.shape.pairs)
      defer { withExtendedLifetime((bench, wide)) {} }
      func loss() -> Double {
        layer.forward(
          source: bench.tensor(bench.left), target: bench.tensor(bench.right), into: output)
        return zip(weights.doubles, output.doubles).reduce(0) { $0 + $1.0 * $1.1 }
      }
      _ = loss()
      #expect(wide.view.columns(0..<3).elements.allSatisfy { $0 == 0 })
      let gradients = [bench.left, bench.right].map { Matrix(rows: batch, columns: $0.columns) }
      layer.backward(weights, addingTo: bench.tensor(gradients[0]), bench.tensor(gradients[1]))
      for (operand, gradient) in zip([bench.left, bench.right], gradients) {
        GradientCheck.check(
          "batch \(batch)", base: operand.base, count: operand.count,
          gradient: gradient.view.doubles, directions: 2, tolerance: tolerance, loss: loss)
      }
    }
  }
}
