import LinearAlgebra
import TestSupport
import Testing

@Suite struct OuterProductKernelTests {
  @Test(arguments: [1, 2, 5], [1, 3, 8])
  func productsAndTheirGradientsEqualThePairsWrittenOut(fields: Int, maps: Int) {
    for count in [1, 3, 16, 17, 70] {
      let source = Matrix.random(fields, count, seed: 1)
      let state = Matrix.random(maps, count, seed: 2)
      let products = Matrix(rows: fields * maps, columns: count)
      OuterProductKernel.multiply(source.view, state.view, into: products.view)
      let gradient = Matrix.random(fields * maps, count, seed: 3)
      let sourceGradient = Matrix.random(fields, count, seed: 4)
      let stateGradient = Matrix.random(maps, count, seed: 5)
      var expected = (sourceGradient.view.doubles, stateGradient.view.doubles)
      for h in 0..<fields {
        for m in 0..<maps {
          for k in 0..<count {
            let (s, x) = (Double(source[h, k]), Double(state[m, k]))
            let g = Double(gradient[h * maps + m, k])
            expectClose(Double(products[h * maps + m, k]), s * x, .rounding)
            expected.0[h * count + k] += g * x
            expected.1[m * count + k] += g * s
          }
        }
      }
      OuterProductKernel.addGradients(
        gradient.view, source: source.view, state: state.view, to: sourceGradient.view,
        stateGradient.view)
      expectClose(sourceGradient.view.doubles, expected.0, .rounding, "source")
      expectClose(stateGradient.view.doubles, expected.1, .rounding, "state")
    }
  }
}
