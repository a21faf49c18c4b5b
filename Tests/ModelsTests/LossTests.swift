import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@Suite struct LossTests {
  /// Each row's loss written out, for batches around the length of a block of factors.
  @Test(arguments: [1, 2, 511, 512, 513, 1300], [1.0, 30.0])
  func theLossIsTheMeanOfEachRowsLogarithm(rows: Int, scale: Double) throws {
    let logits = Matrix.random(rows, 1, seed: 4)
    for row in 0..<rows { logits[row, 0] *= Scalar(scale) }
    let labels = (0..<rows).map { Float($0 % 3 == 0 ? 1 : 0) }
    let gradient = Matrix(rows: rows, columns: 1)
    let losses = [1, 3].map { threads in
      gradient.view.fill(.nan)
      return BinaryCrossEntropy.forward(
        logits: logits.view, labels: labels, gradient: gradient.view,
        pool: WorkerPool(threads: threads))
    }
    let loss = try #require(losses.first)
    #expect(losses.allSatisfy { $0 == loss })
    var sum = 0.0
    for row in 0..<rows {
      // −y·ln p − (1 − y)·ln(1 − p) = ln(1 + e^{±z}).
      let logit = Double(logits[row, 0])
      sum += log1p(exp(labels[row] == 1 ? -logit : logit))
    }
    expectClose(loss, sum / Double(rows), Tolerance(absolute: 1e-13, relative: 1e-12))
    let expected = (0..<rows).map {
      (1 / (1 + exp(-Double(logits[$0, 0]))) - Double(labels[$0])) / Double(rows)
    }
    expectClose(gradient.view.doubles, expected, .rounding)
  }

  @Test func logitsOfAnySizeGiveAFiniteLoss() {
    let logits = Matrix(rows: 2, columns: 1)
    logits[0, 0] = 3e38
    logits[1, 0] = -3e38
    let gradient = Matrix(rows: 2, columns: 1)
    let loss = BinaryCrossEntropy.forward(
      logits: logits.view, labels: [1, 1], gradient: gradient.view)
    expectClose(loss, 1.5e38, Tolerance(absolute: 0, relative: 1e-6))
    expectClose(gradient.view.doubles, [0, -0.5], .exact)
  }
}
