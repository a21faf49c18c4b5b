import LinearAlgebra
import TestSupport
import Testing

@testable import Models

@Suite struct HeadTests {
  private func head(_ kind: ModelSettings.Head) -> (head: Head, parameters: [Parameter]) {
    let context = LayerContext.test(batch: 7)
    let head = Head(
      context, inputs: 6,
      LogitMLP(context.scoped("head"), inputs: 6, kind.layers(inputs: 6)))
    context.allocate()
    context.randomize(deviation: 0.5)
    let values = Matrix.random(7, 6, seed: 1)
    head.input(rows: 7).copy(from: values.view)
    return (head, context.parameters)
  }

  private func logits(_ head: Head) -> [Double] {
    let logits = Matrix(rows: 7, columns: 1)
    logits.view.fill(1)
    head.forward(.evaluation, addingTo: logits.view)
    return logits.view.doubles
  }

  @Test func parametersHaveTheNamesAndShapesOfTheReference() {
    #expect(
      head(.mlp).parameters.map { "\($0.name) \($0.shape)" } == [
        "head.0.weight [12, 6]", "head.0.bias [12]", "head.output.weight [1, 12]",
        "head.output.bias [1]",
      ])
    #expect(
      head(.linear).parameters.map { "\($0.name) \($0.shape)" } == [
        "head.output.weight [1, 6]", "head.output.bias [1]",
      ])
  }

  @Test(arguments: ModelSettings.Head.allCases)
  func theLogitEqualsTheFormulaWrittenOut(kind: ModelSettings.Head) {
    let (head, parameters) = head(kind)
    let values = parameters.map(\.value.view.doubles)
    func linear(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> [Double] {
      bias.indices.map { out in
        x.indices.reduce(bias[out]) { $0 + weight[out * x.count + $1] * x[$1] }
      }
    }
    let expected = (0..<7).map { row in
      var x = head.input(rows: 7).rows(row..<row + 1).doubles
      if kind == .mlp { x = linear(x, values[0], values[1]).map { max($0, 0) } }
      return 1 + linear(x, values[values.count - 2], values[values.count - 1])[0]
    }
    expectClose(logits(head), expected, .rounding)
  }

  @Test(arguments: ModelSettings.Head.allCases)
  func gradientsEqualCentralDifferences(kind: ModelSettings.Head) {
    // In float the step is long enough to cross the kinks of ReLU.
    guard MemoryLayout<Scalar>.size == 8 || kind == .linear else { return }
    let (head, parameters) = head(kind)
    let weights = Matrix.random(7, 1, seed: 2)
    func loss() -> Double {
      zip(logits(head), weights.view.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    }
    _ = loss()
    let (input, values) = (head.input(rows: 7), Matrix(rows: 7, columns: 6))
    values.view.copy(from: input)
    let inputGradient = head.backward(weights.view).doubles
    // Backward leaves the gradient in the input's place.
    input.copy(from: values.view)
    GradientCheck.check(
      "\(kind): input", base: input.base, count: 42, gradient: inputGradient, loss: loss)
    for parameter in parameters {
      GradientCheck.check(
        "\(kind): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: parameter.gradient.view.doubles, loss: loss)
    }
  }
}
