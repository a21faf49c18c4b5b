import Platform
import TestSupport
import Testing

@testable import LinearAlgebra

/// A layer's products with an operand that repeats rows, against the sums written out.
@Suite struct RepeatedProductTests {
  /// Outputs around a panel's and its halves', dimensions around a tile's and a panel's, operands
  /// without anything that repeats rows at either end, in the middle, or nowhere else.
  static let shapes: [RepeatedExample.Shape] =
    [2, 3, 8, 15, 16, 17, 31, 32, 33, 64, 97, 300].map { .init(outputs: $0) }
    + [1, 2, 10, 12, 16, 33, 40].map { .init(dimension: $0) }
    + [1, 2, 13, 300, 1030, 2050].map { .init(rows: $0) }
    + [[nil, 5], [5, nil], [7, 7, 7], [nil, 3, nil], [60, nil, 40]].map { .init(fields: $0) }
    + [10, 40].map { .init(dimension: $0, isWeighted: true) }

  private static let tolerance = Tolerance(absolute: 3e-4, relative: 1e-4)

  @Test(arguments: shapes)
  func theOutputIsTheProductWrittenOut(shape: RepeatedExample.Shape) {
    let example = RepeatedExample(shape)
    let output = example.forward(example.begin())
    let expected = (0..<shape.rows).flatMap { row in
      (0..<shape.outputs).map { column in
        example.sum(example.x.columns) { example.x[row, $0] * example.weight[column, $0] }
      }
    }
    expectClose(output.map { Double($0) }, expected, Self.tolerance, "\(shape)")
  }

  @Test(arguments: shapes, [false, true])
  func theGradientsAreTheSumsWrittenOut(shape: RepeatedExample.Shape, overwriting: Bool) {
    let example = RepeatedExample(shape)
    let (y, w, d) = (example.outputGradient, example.weight, shape.dimension)
    func inputGradient(_ row: Int, _ column: Int) -> Double {
      example.sum(shape.outputs) { y[row, $0] * w[$0, column] }
    }
    let weightGradient = (0..<shape.outputs).flatMap { output in
      (0..<example.x.columns).map { column in
        Double(example.weightGradient[output, column])
          + example.sum(shape.rows) { y[$0, output] * example.x[$0, column] }
      }
    }
    var group = 0
    var expected = example.inputGradient.view.doubles
    var distinct = example.gradients.map(\.view.doubles)
    for (field, count) in shape.fields.enumerated() {
      for row in 0..<shape.rows {
        for column in 0..<d {
          let gradient = inputGradient(row, field * d + column)
          let place = row * example.x.columns + field * d + column
          if overwriting { expected[place] = 0 }
          if count == nil {
            expected[place] += gradient
          } else {
            let slot = Int(example.slots[group][row])
            distinct[group][slot * d + column] += Double(example.factor(group, row)) * gradient
          }
        }
      }
      if count != nil { group += 1 }
    }
    let finished = Matrix(rows: shape.rows, columns: 1)
    example.backward(example.begin(), overwriting: overwriting) { rows in
      for row in rows { finished[row, 0] += 1 }
    }
    #expect(finished.view.elements.allSatisfy { $0 == 1 }, "\(shape)")
    expectClose(example.weightGradient.view.doubles, weightGradient, Self.tolerance, "\(shape)")
    expectClose(example.inputGradient.view.doubles, expected, Self.tolerance, "\(shape)")
    for (index, expected) in distinct.enumerated() {
      expectClose(
        example.gradients[index].view.doubles, expected, Self.tolerance, "\(shape), \(index)")
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let shape = RepeatedExample.Shape(rows: 700, outputs: 300, isWeighted: true)
    let results = (1...4).map { threads in
      let example = RepeatedExample(shape, threads: threads)
      let input = example.begin()
      let output = example.forward(input)
      example.backward(input, overwriting: false)
      return output
        + [example.weightGradient, example.inputGradient].flatMap(\.view.elements)
        + example.gradients.flatMap(\.view.elements)
    }
    for result in results { #expect(result == results[0]) }
  }

  /// A row comes out with the same bits alone, in a short batch and in a long one.
  @Test(arguments: [1, 2, 49])
  func bitsOfARowDoNotDependOnTheOthers(rows: Int) {
    let example = RepeatedExample(.init())
    let whole = example.forward(example.begin())
    let part = example.forward(example.begin(rows: rows))
    #expect(part == Array(whole.prefix(part.count)))
  }

  /// A dense gradient gets the whole sum, and the distinct rows' gradients stay as they are.
  @Test func aDenseGradientGetsTheWholeSum() {
    let (dense, example) = (RepeatedExample(.init()), RepeatedExample(.init()))
    let untouched = example.gradients.map(\.view.elements)
    dense.backward(.dense(dense.begin().matrix), toRows: false, overwriting: true)
    example.backward(example.begin(), toRows: false, overwriting: true)
    #expect(example.inputGradient.view.elements == dense.inputGradient.view.elements)
    #expect(example.weightGradient.view.elements == dense.weightGradient.view.elements)
    #expect(example.gradients.map(\.view.elements) == untouched)
  }

  /// Products read the distinct rows instead of the operand's columns.
  @Test func repeatedColumnsOfTheOperandAreNotRead() {
    let example = RepeatedExample(.init())
    let expected = example.forward(example.begin())
    let input = example.begin()
    let (matrix, d) = (input.matrix, example.shape.dimension)
    for (field, count) in example.shape.fields.enumerated() where count != nil {
      matrix.columns(field * d..<(field + 1) * d).fill(.nan)
    }
    #expect(example.forward(input) == expected)
  }
}
