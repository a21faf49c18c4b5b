import LinearAlgebra
import TestSupport
import Testing

@Suite struct PairKernelTests {
  private let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4)

  /// Field pairs in the order (0,1), (0,2), …, (1,2), ….
  private func pairs(_ fields: Int) -> [(Int, Int)] {
    (0..<fields).flatMap { i in (i + 1..<max(fields, i + 1)).map { (i, $0) } }
  }

  @Test(arguments: [1, 2, 5, 39], [1, 3, 8, 10, 17])
  func productsEqualThePairsWrittenOutAndNothingElseIsTouched(fields: Int, dimension: Int) {
    let source = Matrix.random(fields, dimension, seed: 1)
    let target = Matrix.random(fields, dimension, seed: 2)
    let expected = pairs(fields).map { i, j in
      (0..<dimension).reduce(0.0) { $0 + Double(source[i, $1]) * Double(target[j, $1]) }
    }
    let output = Matrix(rows: 1, columns: expected.count + 1)
    output.view.fill(-7)
    let scratch = Matrix(rows: fields, columns: dimension)
    PairwiseVectorKernel.products(
      source: source.base, target: target.base, scratch: scratch.base, fields: fields,
      dimension: dimension, into: output.base)
    expectClose(output.view.doubles, expected + [-7], tolerance)
  }

  @Test(arguments: [1, 2, 5, 39], [1, 3, 8, 10, 17])
  func productGradientsEqualThePairsWrittenOut(fields: Int, dimension: Int) {
    let source = Matrix.random(fields, dimension, seed: 3)
    let target = Matrix.random(fields, dimension, seed: 4)
    let pairs = pairs(fields)
    let gradient = Matrix.random(1, max(pairs.count, 1), seed: 5)
    let sourceGradient = Matrix.random(fields, dimension, seed: 6)
    let targetGradient = Matrix.random(fields, dimension, seed: 7)
    var expected = [sourceGradient.view.doubles, targetGradient.view.doubles]
    for (pair, (i, j)) in pairs.enumerated() {
      for k in 0..<dimension {
        expected[0][i * dimension + k] += Double(gradient[0, pair]) * Double(target[j, k])
        expected[1][j * dimension + k] += Double(gradient[0, pair]) * Double(source[i, k])
      }
    }
    PairwiseVectorKernel.addGradients(
      gradient.base, source: source.base, target: target.base, sourceGradient: sourceGradient.base,
      targetGradient: targetGradient.base, fields: fields, dimension: dimension)
    expectClose(sourceGradient.view.doubles, expected[0], tolerance, "source")
    expectClose(targetGradient.view.doubles, expected[1], tolerance, "target")
  }

  /// Nothing reads the last field of a source, which need not be stored: what is in its place, here
  /// no number, changes nothing and is not changed.
  @Test(arguments: [2, 5], [1, 3, 8, 17])
  func theLastFieldOfASourceIsNeitherReadNorWritten(fields: Int, dimension: Int) {
    let source = Matrix.random(fields, dimension, seed: 1)
    let target = Matrix.random(fields, dimension, seed: 2)
    source.view.rows(fields - 1..<fields).fill(.nan)
    let gradient = Matrix.random(1, pairs(fields).count, seed: 3)
    let gradients = (0..<4).map { _ in Matrix(rows: fields, columns: dimension) }
    for index in [0, 2] { gradients[index].view.rows(fields - 1..<fields).fill(.nan) }
    let sum = PairwiseKernel.sum(
      source: source.base, target: target.base, fields: fields, dimension: dimension)
    PairwiseKernel.addGradients(
      0.5, source: source.base, target: target.base, sourceGradient: gradients[0].base,
      targetGradient: gradients[1].base, fields: fields, dimension: dimension)
    PairwiseVectorKernel.addGradients(
      gradient.base, source: source.base, target: target.base, sourceGradient: gradients[2].base,
      targetGradient: gradients[3].base, fields: fields, dimension: dimension)
    #expect(sum.isFinite)
    for (index, matrix) in gradients.enumerated() {
      let read = index % 2 == 0 ? fields - 1 : fields
      #expect(matrix.view.rows(0..<read).elements.allSatisfy { $0.isFinite }, "\(index)")
    }
  }

  @Test(arguments: [1, 2, 5, 39], [1, 3, 8, 10, 17])
  func diagonalSumEqualsThePairsWrittenOut(fields: Int, dimension: Int) {
    let left = Matrix.random(fields, dimension, seed: 8)
    let right = Matrix.random(fields, dimension, seed: 9)
    let pairs = pairs(fields)
    let weights = Matrix.random(pairs.count, dimension, seed: 10)
    var expected = 0.0
    for (pair, (i, j)) in pairs.enumerated() {
      for k in 0..<dimension {
        expected += Double(left[i, k]) * Double(weights[pair, k]) * Double(right[j, k])
      }
    }
    let sum = DiagonalPairKernel.sum(
      left: left.base, right: right.base + dimension, weights: weights.base, fields: fields,
      dimension: dimension)
    expectClose(Double(sum), expected, Tolerance(absolute: 1e-3, relative: 1e-4))
  }

  @Test(arguments: [1, 2, 5, 39], [1, 3, 8, 10, 17])
  func diagonalGradientsEqualThePairsWrittenOut(fields: Int, dimension: Int) {
    let left = Matrix.random(fields, dimension, seed: 11)
    let right = Matrix.random(fields, dimension, seed: 12)
    let pairs = pairs(fields)
    let weights = Matrix.random(pairs.count, dimension, seed: 13)
    let gradients = [fields, fields, pairs.count].enumerated().map { index, rows in
      Matrix.random(rows, dimension, seed: UInt64(14 + index))
    }
    var expected = gradients.map { $0.view.doubles }
    for (pair, (i, j)) in pairs.enumerated() {
      for k in 0..<dimension {
        let (l, m, r) = (Double(left[i, k]), Double(weights[pair, k]), Double(right[j, k]))
        expected[0][i * dimension + k] += 0.5 * m * r
        expected[1][j * dimension + k] += 0.5 * m * l
        expected[2][pair * dimension + k] += 0.5 * l * r
      }
    }
    DiagonalPairKernel.addGradients(
      0.5, left: left.base, right: right.base + dimension, weights: weights.base,
      leftGradient: gradients[0].base, rightGradient: gradients[1].base + dimension, fields: fields,
      dimension: dimension)
    var first = 0
    for field in 0..<fields {
      let later = fields - field - 1
      DiagonalPairKernel.addWeightGradients(
        0.5, left: left.base + field * dimension,
        laterRight: right.base + (field + 1) * dimension, later: later, dimension: dimension,
        to: gradients[2].base + first * dimension)
      first += later
    }
    for (index, name) in ["left", "right", "weights"].enumerated() {
      expectClose(gradients[index].view.doubles, expected[index], tolerance, name)
    }
  }

  @Test(arguments: [1, 2, 5, 39], [1, 3, 8, 10, 17])
  func pooledPairsAndTheirGradientsEqualThePairsWrittenOut(fields: Int, dimension: Int) {
    let source = Matrix.random(fields, dimension, seed: 12)
    let target = Matrix.random(fields, dimension, seed: 13)
    let gradient = Matrix.random(1, dimension, seed: 14)
    let sourceGradient = Matrix.random(fields, dimension, seed: 15)
    let targetGradient = Matrix.random(fields, dimension, seed: 16)
    var expected = [Double](repeating: 0, count: dimension)
    var gradients = [sourceGradient.view.doubles, targetGradient.view.doubles]
    for (i, j) in pairs(fields) {
      for k in 0..<dimension {
        let (s, t, g) = (Double(source[i, k]), Double(target[j, k]), Double(gradient[0, k]))
        expected[k] += s * t
        gradients[0][i * dimension + k] += g * t
        gradients[1][j * dimension + k] += g * s
      }
    }
    let output = Matrix(rows: 1, columns: dimension + 1)
    output.view.fill(-7)
    PairPoolingKernel.pool(
      source: source.base, target: target.base, into: output.base, fields: fields,
      dimension: dimension)
    expectClose(output.view.doubles, expected + [-7], tolerance)
    PairPoolingKernel.addGradients(
      gradient.base, source: source.base, target: target.base, sourceGradient: sourceGradient.base,
      targetGradient: targetGradient.base, fields: fields, dimension: dimension)
    expectClose(sourceGradient.view.doubles, gradients[0], tolerance, "source")
    expectClose(targetGradient.view.doubles, gradients[1], tolerance, "target")
  }
}
