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

  /// One shape, with operands drawn from a seed; a class, so that a view's memory lives as long as
  /// the bench.
  private final class Bench {
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

  /// A source of the fields that are read alone has the bits of one with all fields, and so have
  /// the gradients.
  private func checkCompact(
    _ fields: SourceFields, _ label: String, bench: Bench,
    forward: (FieldTensor, FieldTensor, MatrixView) -> Void,
    backward: (MatrixView, FieldTensor, FieldTensor) -> Void
  ) {
    bench.context.allocate()
    for parameter in bench.context.parameters { parameter.randomize(seed: 5) }
    let range = fields.range(of: bench.fields)
    let columns = bench.shape.columns(of: range)
    let width = bench.outputGradient.columns
    let output = Matrix(rows: bench.left.rows, columns: width)
    func compact(_ matrix: Matrix) -> Matrix {
      let result = Matrix(rows: matrix.rows, columns: columns.count)
      result.view.copy(from: matrix.view.columns(columns))
      return result
    }
    func results(_ source: Matrix, fields: Int) -> [[Scalar]] {
      let gradients = [source, bench.right].map { Matrix(rows: $0.rows, columns: $0.columns) }
      for parameter in bench.context.parameters { parameter.zeroGradient() }
      output.view.fill(0)
      forward(FieldTensor(source.view, fields: fields), bench.tensor(bench.right), output.view)
      let forwards = output.view.elements
      backward(
        bench.outputGradient.view, FieldTensor(gradients[0].view, fields: fields),
        bench.tensor(gradients[1]))
      let sourceGradient = fields == range.count ? gradients[0] : compact(gradients[0])
      return withExtendedLifetime((source, gradients, sourceGradient)) {
        [forwards, sourceGradient.view.elements, gradients[1].view.elements]
          + bench.context.parameters.map { $0.gradient.view.elements }
      }
    }
    let whole = results(bench.left, fields: bench.fields)
    let part = results(compact(bench.left), fields: range.count)
    #expect(whole == part, "\(label)")
    #expect(whole.allSatisfy { $0.contains { $0 != 0 } }, "\(label)")
    withExtendedLifetime((bench, output)) {}
  }

  @Test(arguments: [2, 5], [1, 3, 8, 17])
  func aSourceNeedNotHaveTheFieldThatNoPairReads(fields: Int, dimension: Int) {
    for batch in Self.batches {
      let label = "batch \(batch)"
      func bench() -> Bench { Bench(batch: batch, fields: fields, dimension: dimension) }
      let (one, two, three, four) = (bench(), bench(), bench(), bench())
      let sum = PairwiseSum(one.context, one.shape)
      checkCompact(
        .left, "sum, \(label)", bench: one,
        forward: { sum.forward(source: $0, target: $1, addingTo: $2.columns(0..<1)) },
        backward: { sum.backward($0.columns(0..<1), addingTo: $1, $2) })
      let vector = PairwiseVector(two.context, two.shape)
      checkCompact(
        .left, "vector, \(label)", bench: two,
        forward: { vector.forward(source: $0, target: $1, into: $2) },
        backward: { vector.backward($0, addingTo: $1, $2) })
      let layers: [(Bench, any FieldMatrixSum)] = [
        (three, MatrixPairwiseSum(three.context, three.shape)),
        (four, DiagonalPairwiseSum(four.context, four.shape)),
      ]
      for (bench, layer) in layers {
        checkCompact(
          .right, "\(layer), \(label)", bench: bench,
          forward: { layer.forward(left: $1, right: $0, addingTo: $2.columns(0..<1)) },
          backward: { layer.backward($0.columns(0..<1), addingTo: $2, $1) })
      }
    }
  }

  /// Compares a layer's logits with a formula, and the gradients of `Σ c·logit` with central
  /// differences.
  private func check(
    _ bench: Bench, _ label: String,
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
      let bench = Bench(batch: batch, fields: fields, dimension: dimension)
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
      let bench = Bench(batch: batch, fields: fields, dimension: dimension)
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
      let bench = Bench(batch: batch, fields: fields, dimension: dimension)
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
      let bench = Bench(batch: batch, fields: fields, dimension: dimension)
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
      let bench = Bench(batch: batch, fields: fields, dimension: dimension)
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
      let bench = Bench(batch: batch, fields: fields, dimension: dimension)
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
