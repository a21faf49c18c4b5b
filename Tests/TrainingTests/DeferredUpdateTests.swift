import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct DeferredUpdateTests {
  /// Deferred steps are applied several at once, before the row is read, with the same bits.
  ///
  /// The maximum norm is never reached, or in some steps: 64 rows of 3000 have a gradient each
  /// time, most of the others are deferred for as long as possible.
  @Test(
    arguments: TrainingSettings.OptimizerKind.allCases, [(1e6, 1), (30.0, 10), (0, 16), (1e6, 19)])
  func deferredUpdatesGiveTheBitsOfImmediateOnes(
    kind: TrainingSettings.OptimizerKind, normAndDimension: (Double, Int)
  ) throws {
    let (norm, dimension) = normAndDimension
    let settings = UpdatedParameters.settings(
      .dense, regularizers: (0.05, 0.3), norm: norm, optimizer: kind)
    let results = try [true, false].map { flushes in
      let fixture = UpdatedParameters(rows: [3000, 5], dimension: dimension)
      let optimizer = fixture.optimizer(settings)
      var fetched: [Double] = []
      for step in 1...2 * DeferredRows.capacity + 5 {
        fixture.draw(step: step, scale: step % 5 == 0 ? 5 : 0.1)
        fetched += fixture.parameters[0].touchedValues.view.doubles
        try optimizer.step(learningRate: step < 20 ? 0.01 : 0.001)
        if flushes { optimizer.flush() }
      }
      optimizer.flush()
      return fetched + fixture.values.joined() + optimizer.state.flatMap(\.values.doubles)
    }
    // The first of many numbers is enough to report.
    let difference = zip(results[0], results[1]).enumerated().first { $1.0 != $1.1 }
    #expect(difference == nil && results[0].count == results[1].count)
  }

  @Test func anOptimizerThatEndsLeavesNoUpdateDeferred() throws {
    let settings = UpdatedParameters.settings(.dense, regularizers: (0.5, 0))
    let fixture = UpdatedParameters()
    let before = fixture.values[0]
    var optimizer: (any Optimizer)? = fixture.optimizer(settings)
    for step in 1...3 {
      fixture.draw(step: step)
      try optimizer?.step(learningRate: 0.01)
    }
    optimizer = nil
    #expect(zip(before, fixture.values[0]).allSatisfy { $0 != $1 })
  }

  /// The bound that saves dense steps the sum over all rows holds for gradients chosen to reach it.
  @Test(arguments: TrainingSettings.OptimizerKind.allCases)
  func noStepChangesAVectorByMoreThanItsRulesBound(kind: TrainingSettings.OptimizerKind) throws {
    let settings = UpdatedParameters.settings(.lazy, norm: 5, optimizer: kind)
    let weight = Parameter(name: "weight", shape: [40], regularization: .none)
    let optimizer = settings.makeOptimizer(for: [weight], pool: WorkerPool(threads: 1))
    let random = CounterRandom(seed: 3, stream: 1)
    for step in 1...400 {
      // Long silences, then growing gradients: these move Adam furthest.
      for index in 0..<40 {
        let isLoud = step % 60 > 40
        let size = isLoud ? 1e-3 * pow(1.6, Double(step % 60 - 40)) : 0
        weight.gradient.base[index] = Scalar(size * random.normal(UInt64(step * 100 + index)))
      }
      let before = weight.value.view.doubles
      try optimizer.step(learningRate: 0.01)
      let change = zip(before, weight.value.view.doubles).reduce(0) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      let bound = settings.rule.updateNormBound(
        count: 40, learningRate: 0.01, gradientNormBound: 5)
      #expect(change.squareRoot() <= bound * 1.0001, "step \(step)")
    }
  }
}
