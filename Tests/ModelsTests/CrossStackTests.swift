import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct CrossStackTests {
  /// A stack with weights of a size that keeps the states near 1.
  private func stack(_ builder: ModelBuilder) throws -> CrossStack {
    let stack = try #require(builder.crossNetwork() as? CrossStack)
    builder.context.allocate()
    builder.context.randomize(deviation: 0.5 / Double(builder.shape.width).squareRoot())
    return stack
  }

  /// A parameter of a layer by the end of its name.
  private func parameter(_ builder: ModelBuilder, _ layer: Int, _ name: String) -> [Double] {
    let whole = "cross.\(layer).\(name)"
    return builder.context.parameters.first { $0.name == whole }?.value.view.doubles ?? []
  }

  /// The stack's output for an input, `[batch, width]`, beside a column that it must not touch.
  private func output(
    _ stack: CrossStack, _ input: Matrix, fields: Int, _ pass: Pass = .evaluation
  ) -> [Double] {
    let output = Matrix(rows: input.rows, columns: input.columns + 1)
    stack.forward(
      Embeddings(input, fields: fields), pass, into: output.view.columns(0..<input.columns))
    #expect((0..<input.rows).allSatisfy { output[$0, input.columns] == 0 })
    return output.view.columns(0..<input.columns).doubles
  }

  @Test(arguments: [1, 2, 7, 64], [1, 2, 5])
  func discriminativeLayersEqualTheFormulaWrittenOut(batch: Int, fields: Int) throws {
    for dimension in [1, 3, 8, 17] {
      let builder = ModelBuilder.test(batch: batch, fields: fields, dimension: dimension) {
        $0.crossBias = true
      }
      let stack = try stack(builder)
      let input = Matrix.random(batch, builder.shape.width, seed: 1)
      var expected = input.view.doubles
      for layer in stack.layers.indices {
        expected = NaiveInteractions.cross(
          state: expected, source: input.view.doubles,
          weight: parameter(builder, layer, "weight"), bias: parameter(builder, layer, "bias"))
      }
      expectClose(output(stack, input, fields: fields), expected, .rounding)
    }
  }

  @Test(arguments: EncoderSettings.Input.allCases, [false, true])
  func aGeneratedSourceReadsTheStateOrTheEmbedding(
    input: EncoderSettings.Input, residual: Bool
  ) throws {
    let builder = ModelBuilder.test(batch: 7, fields: 5, dimension: 3) {
      $0.paradigm = .generative
      $0.encoder.activation = .linear
      $0.encoder.input = input
      $0.encoder.residual = residual
    }
    let stack = try stack(builder)
    let (zeros, width) = ([Double](repeating: 0, count: 15), 15)
    let x = Matrix.random(7, width, seed: 1)
    var expected = x.view.doubles
    for layer in stack.layers.indices {
      let read = input == .embedding ? x.view.doubles : expected
      let encoder = parameter(builder, layer, "encoder.weight")
      // γ·z + (residual ? z's input : 0) from the same written-out product: `0 + 0.7 ⊙ (X·Aᵀ)`.
      let product = zip(
        NaiveInteractions.cross(
          state: read, source: [Double](repeating: 0.7, count: read.count), weight: encoder,
          bias: zeros), read
      ).map { residual ? $0 : $0 - $1 }
      expected = NaiveInteractions.cross(
        state: expected, source: product, weight: parameter(builder, layer, "weight"), bias: zeros)
    }
    expectClose(output(stack, x, fields: 5), expected, .rounding)
  }

  @Test(arguments: Paradigm.allCases)
  func zeroWeightsLeaveTheEmbeddingAsItIs(paradigm: Paradigm) throws {
    let builder = ModelBuilder.test(batch: 7, fields: 5, dimension: 3) { $0.paradigm = paradigm }
    let stack = try stack(builder)
    for parameter in builder.context.parameters where !parameter.name.contains("encoder") {
      parameter.value.view.fill(0)
    }
    let input = Matrix.random(7, 15, seed: 1)
    #expect(output(stack, input, fields: 5) == input.view.doubles)
  }

  @Test(arguments: Paradigm.allCases, EncoderSettings.Input.allCases)
  func gradientsEqualCentralDifferences(paradigm: Paradigm, input: EncoderSettings.Input) throws {
    for (bias, residual, dropout) in [(false, false, 0.0), (true, true, 0.0), (true, true, 0.3)] {
      let builder = ModelBuilder.test(batch: 7, fields: 5, dimension: 3) {
        $0.paradigm = paradigm
        $0.encoder.input = input
        $0.encoder.residual = residual
        $0.crossBias = bias
        $0.crossDropout = dropout
        // In float the step is long: several layers bend within it.
        $0.crossLayers = MemoryLayout<Scalar>.size == 8 ? 3 : 1
      }
      try checkGradients(
        builder, "\(paradigm) \(input), bias \(bias), residual \(residual), \(dropout)")
    }
  }

  /// Compares every gradient of `⟨R, output⟩`, for a random `R`, beginning from gradients that are
  /// not zero.
  private func checkGradients(_ builder: ModelBuilder, _ label: String) throws {
    let stack = try stack(builder)
    let input = Matrix.random(7, 15, seed: 1)
    let weights = Matrix.random(7, 15, seed: 2)
    func loss() -> Double {
      zip(output(stack, input, fields: 5, .training(step: 3)), weights.view.doubles)
        .reduce(0) { $0 + $1.0 * $1.1 }
    }
    _ = loss()
    let inputGradient = Matrix(rows: 7, columns: 15)
    inputGradient.view.fill(1)
    stack.backward(weights.view, addingTo: EmbeddingGradients(inputGradient, fields: 5))
    GradientCheck.check(
      "\(label): embedding", base: input.base, count: input.count,
      gradient: inputGradient.view.doubles.map { $0 - 1 }, loss: loss)
    for parameter in builder.context.parameters {
      #expect(parameter.gradient.view.elements.contains { $0 != 0 }, "\(label) \(parameter.name)")
      GradientCheck.check(
        "\(label): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: parameter.gradient.view.doubles, loss: loss)
    }
  }
}
