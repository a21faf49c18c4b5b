import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@Suite struct WeightedLossTests {
  private func weights(_ rows: Int) -> [Float] { (0..<rows).map { Float(($0 * 7) % 11) / 8 } }

  private func loss(
    _ logits: Matrix, _ weights: [Float]?, threads: Int = 1
  ) -> (loss: Double, gradient: [Double]) {
    let labels = (0..<logits.rows).map { Float($0 % 3 == 0 ? 1 : 0) }
    let gradient = Matrix(rows: logits.rows, columns: 1)
    gradient.view.fill(.nan)
    let pool = WorkerPool(threads: threads)
    let loss =
      weights?.withUnsafeBufferPointer {
        BinaryCrossEntropy.forward(
          logits: logits.view, labels: labels, weights: $0.baseAddress, gradient: gradient.view,
          pool: pool)
      }
      ?? BinaryCrossEntropy.forward(
        logits: logits.view, labels: labels, gradient: gradient.view, pool: pool)
    return (loss, gradient.view.doubles)
  }

  /// For batches around the length of a block of factors.
  @Test(arguments: [1, 2, 511, 512, 513, 1300])
  func theLossIsTheWeightedMeanOfEachRowsLoss(rows: Int) {
    let logits = Matrix.random(rows, 1, seed: 4)
    let weights = weights(rows).map { $0 + 0.25 }
    let found = loss(logits, weights)
    let total = weights.reduce(0) { $0 + Double($1) }
    var sum = 0.0
    var expected: [Double] = []
    for row in 0..<rows {
      let (logit, weight) = (Double(logits[row, 0]), Double(weights[row]))
      sum += weight * log1p(exp(row % 3 == 0 ? -logit : logit))
      expected.append(
        weight * (1 / (1 + exp(-logit)) - (row % 3 == 0 ? 1 : 0)) / total)
    }
    expectClose(found.loss, sum / total, Tolerance(absolute: 1e-13, relative: 1e-12))
    expectClose(found.gradient, expected, .rounding)
    #expect(found == loss(logits, weights, threads: 3))
  }

  @Test(arguments: [1, 512, 1300])
  func weightsOfOneGiveTheBitsOfRowsWithoutWeights(rows: Int) {
    let logits = Matrix.random(rows, 1, seed: 4)
    #expect(loss(logits, Array(repeating: 1, count: rows)) == loss(logits, nil))
  }

  @Test func rowsOfWeightZeroChangeNothing() {
    let logits = Matrix.random(700, 1, seed: 4)
    let weights = weights(700)
    let found = loss(logits, weights)
    for row in 0..<700 where weights[row] == 0 { logits[row, 0] *= -3 }
    #expect(loss(logits, weights) == found)
  }

  @Test func aBatchWithoutWeightHasNoLossAndNoGradient() {
    let found = loss(Matrix.random(600, 1, seed: 4), Array(repeating: 0, count: 600))
    #expect(found.loss == 0 && found.gradient.allSatisfy { $0 == 0 })
  }

  @Test func theSmallestAndTheLargestWeightsGiveAFiniteLoss() {
    let logits = Matrix.random(3, 1, seed: 4)
    for weights in [[Float](repeating: .leastNonzeroMagnitude, count: 3), [3.4e38, 3.4e38, 1]] {
      let found = loss(logits, weights)
      #expect(found.loss.isFinite && found.gradient.allSatisfy(\.isFinite))
    }
  }

  @Test(arguments: ModelSettings.variants)
  func weightedGradientsOfEveryModelEqualCentralDifferences(
    backbone: BackboneKind, paradigm: Paradigm
  ) {
    // The step of float crosses the kinks of Wukong's rectifiers.
    guard MemoryLayout<Scalar>.size == 8 || backbone != .wukong else { return }
    let model = CTRModel.tiny(backbone, paradigm, schema: FieldSchema.mixed(fields: 5)) {
      $0.encoder.gamma = 0.7
      $0.encoder.activation = .tanh
      $0.deep.activation = .tanh
      $0.head = .linear
      $0.crossLayers = MemoryLayout<Scalar>.size == 8 ? 3 : 1
    }.randomized()
    let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 5)
    let weights = weights(16)
    let gradient = Matrix(rows: 16, columns: 1)
    func loss() -> Double {
      weights.withUnsafeBufferPointer {
        BinaryCrossEntropy.forward(
          logits: model.forward(batch, .training(step: 1)), labels: batch.labels,
          weights: $0.baseAddress, gradient: gradient.view)
      }
    }
    _ = loss()
    model.backward(gradient.view)
    for parameter in model.parameters {
      GradientCheck.check(
        "\(backbone) \(paradigm): \(parameter.name)", base: parameter.value.base,
        count: parameter.count, gradient: parameter.fullGradient, loss: loss)
    }
  }
}
