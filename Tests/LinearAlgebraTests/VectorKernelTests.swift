import LinearAlgebra
import TestSupport
import Testing

@Suite struct VectorKernelTests {
  @Test(arguments: [0, 1, 7, 16, 17, 4096, 4100, 10_000])
  func dotEqualsTheSumWrittenOut(count: Int) {
    let x = Matrix.random(1, count, seed: 1)
    let y = Matrix.random(1, count, seed: 2)
    let expected = (0..<count).reduce(0.0) { $0 + Double(x.base[$1]) * Double(y.base[$1]) }
    expectClose(
      VectorKernels.dot(x.base, y.base, count: count), expected,
      Tolerance(absolute: 1e-3, relative: 1e-5))
  }

  @Test(arguments: [1, 2, 5, 39], [1, 2, 3, 8, 10, 16, 17])
  func pairwiseSumEqualsThePairsWrittenOut(fields: Int, dimension: Int) {
    let source = Matrix.random(fields, dimension, seed: 3)
    let target = Matrix.random(fields, dimension, seed: 4)
    var expected = 0.0
    for i in 0..<fields {
      for j in (i + 1)..<max(fields, i + 1) {
        for k in 0..<dimension { expected += Double(source[i, k]) * Double(target[j, k]) }
      }
    }
    let sum = PairwiseKernel.sum(
      source: source.base, target: target.base, fields: fields, dimension: dimension)
    expectClose(Double(sum), expected, Tolerance(absolute: 1e-3, relative: 1e-4))
  }

  @Test(arguments: [1, 2, 5, 39], [1, 2, 3, 8, 10, 16, 17])
  func pairwiseGradientsEqualThePairsWrittenOut(fields: Int, dimension: Int) {
    let source = Matrix.random(fields, dimension, seed: 5)
    let target = Matrix.random(fields, dimension, seed: 6)
    let sourceGradient = Matrix(rows: fields, columns: dimension)
    let targetGradient = Matrix(rows: fields, columns: dimension)
    PairwiseKernel.addGradients(
      0.5, source: source.base, target: target.base, sourceGradient: sourceGradient.base,
      targetGradient: targetGradient.base, fields: fields, dimension: dimension)
    for i in 0..<fields {
      for k in 0..<dimension {
        let later = ((i + 1)..<max(fields, i + 1)).reduce(0.0) { $0 + Double(target[$1, k]) }
        let earlier = (0..<i).reduce(0.0) { $0 + Double(source[$1, k]) }
        let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4)
        expectClose(Double(sourceGradient[i, k]), 0.5 * later, tolerance, "source \(i), \(k)")
        expectClose(Double(targetGradient[i, k]), 0.5 * earlier, tolerance, "target \(i), \(k)")
      }
    }
  }

  @Test(arguments: Array(0...40))
  func shortVectorsEqualTheLoopWrittenOut(count: Int) {
    let x = Matrix.random(1, count, seed: 7)
    let start = Matrix.random(1, count, seed: 8)
    func result(_ body: (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void) -> [Scalar] {
      let y = Matrix(rows: 1, columns: count)
      y.view.copy(from: start.view)
      body(x.base, y.base)
      return y.view.elements
    }
    let (a, b) = (x.view.elements, start.view.elements)
    #expect(result { ShortVectorKernels.copy($0, to: $1, count: count) } == a)
    #expect(
      result { ShortVectorKernels.add($0, to: $1, count: count) } == zip(a, b).map { $1 + $0 })
    #expect(
      result { ShortVectorKernels.copy($0, times: 0.5, to: $1, count: count) } == a.map { $0 * 0.5 }
    )
    #expect(
      result { ShortVectorKernels.add($0, times: 0.5, to: $1, count: count) }
        == zip(a, b).map { $1 + $0 * 0.5 })
  }
}
