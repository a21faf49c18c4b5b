import LinearAlgebra
import TestSupport
import Testing

@testable import Models

/// The rectifier with a trained slope, on its own.
@Suite struct ParametricRectifierTests {
  private func layer(threads: Int = 2) -> (layer: ParametricRectifier, slope: Parameter) {
    let context = LayerContext.test(batch: 300, threads: threads)
    let layer = ParametricRectifier(context.scoped("activation"), scale: 0.7, width: 5)
    return (layer, context.parameters[0])
  }

  @Test func itsSlopeIsOneParameterThatBeginsAtAQuarter() {
    let (_, slope) = layer()
    #expect(slope.name == "activation.weight")
    #expect(slope.shape == [1])
    #expect(slope.value.base[0] == 0.25)
  }

  @Test(arguments: [1, 2, 7, 300])
  func belowZeroTheSlopeMultipliesAndAboveNothing(batch: Int) {
    let ((layer, slope), input) = (layer(), Matrix.random(batch, 5, seed: 2))
    slope.value.base[0] = -0.5
    let output = layer.forward(input.view, .evaluation)
    withExtendedLifetime((layer, input)) {
      expectClose(
        output.doubles, input.view.doubles.map { 0.7 * ($0 > 0 ? $0 : -0.5 * $0) }, .rounding)
    }
  }

  @Test func gradientsEqualCentralDifferences() {
    let ((layer, slope), input) = (layer(), Matrix.random(300, 5, seed: 2, nudgedBy: 0.05))
    let (weights, gradient) = (Matrix.random(300, 5, seed: 3), Matrix(rows: 300, columns: 5))
    func loss() -> Double {
      let output = layer.forward(input.view, .training(step: 1))
      return VectorKernels.dot(output.row(0), weights.base, count: weights.count)
    }
    _ = loss()
    let original = input.view.doubles
    gradient.view.copy(from: layer.backward(weights.view))
    // Backward leaves the gradient in the input's place.
    for (index, value) in original.enumerated() { input.base[index] = Scalar(value) }
    GradientCheck.check(
      "input", base: input.base, count: input.count, gradient: gradient.view.doubles, loss: loss)
    GradientCheck.check(
      "slope", base: slope.value.base, count: 1, gradient: slope.gradient.view.doubles, loss: loss)
    withExtendedLifetime(weights) {}
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    func numbers(_ threads: Int) -> [Scalar] {
      let (layer, slope) = layer(threads: threads)
      let (input, gradient) = (Matrix.random(300, 5, seed: 2), Matrix.random(300, 5, seed: 3))
      return withExtendedLifetime((layer, input, gradient)) {
        let output = layer.forward(input.view, .training(step: 1)).elements
        let inputGradient = layer.backward(gradient.view).elements
        return output + inputGradient + slope.gradient.view.elements
      }
    }
    #expect(numbers(2) == numbers(1))
    #expect(numbers(3) == numbers(1))
  }
}
