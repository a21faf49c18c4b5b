import LinearAlgebra
import TestSupport
import Testing

@testable import Models

/// Layers over pairs of fields, of sources without the field that no pair has.
@Suite struct CompactSourceTests {
  /// A source of the fields that are read alone has the bits of one with all fields, and so have
  /// the gradients.
  private func checkCompact(
    _ fields: SourceFields, _ label: String, bench: PairBench, outputs: Int,
    forward: (FieldTensor, FieldTensor, MatrixView) -> Void,
    backward: (MatrixView, FieldTensor, FieldTensor) -> Void
  ) {
    bench.context.allocate()
    for parameter in bench.context.parameters { parameter.randomize(seed: 5) }
    let range = fields.range(of: bench.fields)
    let columns = bench.shape.columns(of: range)
    let output = Matrix(rows: bench.left.rows, columns: outputs)
    let outputGradient = Matrix.random(bench.left.rows, outputs, seed: 4)
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
        outputGradient.view, FieldTensor(gradients[0].view, fields: fields),
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
    withExtendedLifetime((bench, output, outputGradient)) {}
  }

  @Test(arguments: [2, 5], [1, 3, 8, 17])
  func aSourceNeedNotHaveTheFieldThatNoPairReads(fields: Int, dimension: Int) {
    for batch in PairLayerTests.batches {
      let label = "batch \(batch)"
      func bench() -> PairBench { PairBench(batch: batch, fields: fields, dimension: dimension) }
      let (one, two, three, four, five) = (bench(), bench(), bench(), bench(), bench())
      let sum = PairwiseSum(one.context, one.shape)
      checkCompact(
        .left, "sum, \(label)", bench: one, outputs: 1,
        forward: { sum.forward(source: $0, target: $1, addingTo: $2) },
        backward: { sum.backward($0, addingTo: $1, $2) })
      let vector = PairwiseVector(two.context, two.shape)
      checkCompact(
        .left, "vector, \(label)", bench: two, outputs: two.shape.pairs,
        forward: { vector.forward(source: $0, target: $1, into: $2) },
        backward: { vector.backward($0, addingTo: $1, $2) })
      let pooling = PairwisePooling(five.context, five.shape)
      checkCompact(
        .left, "pooling, \(label)", bench: five, outputs: dimension,
        forward: { pooling.forward(source: $0, target: $1, into: $2) },
        backward: { pooling.backward($0, addingTo: $1, $2) })
      let layers: [(PairBench, any FieldMatrixSum)] = [
        (three, MatrixPairwiseSum(three.context, three.shape)),
        (four, DiagonalPairwiseSum(four.context, four.shape)),
      ]
      for (bench, layer) in layers {
        checkCompact(
          .right, "\(layer), \(label)", bench: bench, outputs: 1,
          forward: { layer.forward(left: $1, right: $0, addingTo: $2) },
          backward: { layer.backward($0, addingTo: $2, $1) })
      }
    }
  }
}
