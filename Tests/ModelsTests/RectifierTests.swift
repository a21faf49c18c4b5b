import LinearAlgebra
import TestSupport
import Testing

@testable import Models

/// The rectifier that works in place, beside its twin that keeps its input.
@Suite struct RectifierTests {
  private static let (batch, width) = (300, 7)

  private func context(threads: Int = 2) -> LayerContext {
    .test(batch: Self.batch, threads: threads)
  }

  /// Output and input gradient of layers one after another.
  private func numbers(_ layers: [RowLayer], _ pass: Pass) -> (output: [Scalar], input: [Scalar]) {
    let (input, gradient) = (
      Matrix.random(Self.batch, Self.width, seed: 2),
      Matrix.random(Self.batch, Self.width, seed: 3)
    )
    input[4, 1] = 0
    input[5, 2] = -0.0
    return withExtendedLifetime((layers, input, gradient)) {
      let chain = RowChain(layers, pool: layers[0].pool)
      let output = chain.forward(input.view, pass).elements
      return (output, chain.backward(gradient.view).elements)
    }
  }

  @Test(arguments: [1, 0.01], [1, 2, 3])
  func itGivesTheBitsOfALayerThatKeepsItsInput(scale: Double, threads: Int) {
    let context = context(threads: threads)
    let twin = ActivationLayer<ReLU>(context, scale: scale, width: Self.width)
    let expected = numbers([twin], .training(step: 1))
    let actual = numbers([Rectifier(context, scale: scale)], .training(step: 1))
    #expect(actual.output == expected.output)
    #expect(actual.input == expected.input)
    #expect(expected.input.contains { $0 != 0 } && expected.input.contains(0))
  }

  /// What dropout removed from the output had a derivative, but passes no gradient either.
  @Test func itGivesTheBitsOfItsTwinBeforeDropout() {
    let context = context()
    func behind(_ layer: RowLayer, _ pass: Pass) -> (output: [Scalar], input: [Scalar]) {
      numbers([layer, Dropout(context.scoped("dropout"), rate: 0.4)], pass)
    }
    for pass in [Pass.training(step: 3), .evaluation] {
      let expected = behind(ActivationLayer<ReLU>(context, width: Self.width), pass)
      let actual = behind(Rectifier(context), pass)
      #expect(actual.output == expected.output)
      #expect(actual.input == expected.input)
    }
  }

  /// An input that swallows what is added to it does not hide where the encoder's ReLU was open.
  @Test(arguments: EncoderTests.choices)
  func aResidualLeavesTheEncodersGradientsAlone(choice: EncoderChoice) {
    func gradients(residual: Bool) -> [[Scalar]] {
      let builder = ModelBuilder.test(batch: 150, fields: 5, dimension: 4) {
        choice.apply(to: &$0.encoder)
        $0.encoder.activation = .relu
        $0.encoder.gamma = 1e-9
        $0.encoder.residual = residual
      }
      let encoder = builder.encoder(
        builder.context.scoped("encoder"), generating: 0..<builder.shape.fields)
      let (input, gradient) = (Matrix.random(150, 20, seed: 3), Matrix.random(150, 20, seed: 4))
      let inputGradient = Matrix(rows: 150, columns: 20)
      builder.context.allocate()
      func tensor(_ matrix: Matrix) -> FieldTensor { FieldTensor(matrix.view, fields: 5) }
      _ = encoder.forward(FieldInput(tensor(input)), .training(step: 2))
      encoder.backward(tensor(gradient), addingTo: FieldGradient(tensor(inputGradient)))
      withExtendedLifetime((input, gradient, inputGradient)) {}
      return builder.context.parameters.map(\.gradient.view.elements)
    }
    let expected = gradients(residual: false)
    #expect(gradients(residual: true) == expected)
    #expect(expected.allSatisfy { $0.contains { $0 != 0 } })
  }
}
