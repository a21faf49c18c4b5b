import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct AdamWTests {
  /// PyTorch's values after each of five steps, from Scripts/reference/adamw.py; λ = 0.2.
  ///
  /// By hand, the first step of the first element, `w = 0.5`, `g = 0.25`, `η = 0.1`: with one
  /// gradient `m̂ = g` and `√v̂ = |g|`, so that
  /// `w ← 0.5 · (1 − 0.1 · 0.2) − 0.1 · 0.25/(0.25 + 1e-8) = 0.49 − 0.099999996`. The last element
  /// has no gradient: `1.5 · 0.98 · 0.98 · 0.98 · 0.998 · 0.998`.
  private static let pyTorch = [
    [0.3900000039999998, -1.0799999984, 2.059999997333333, 1.47],
    [0.3874631616042103, -1.138704094492898, 1.9994489569108507, 1.4405999999999999],
    [0.32610422495824465, -1.1370013073475926, 1.944501567475647, 1.4117879999999998],
    [0.3201284993314475, -1.1394143425428724, 1.9432890982242916, 1.4089644239999999],
    [0.31798601507310675, -1.1410971295709755, 1.9391340225814775, 1.406146495152],
  ]

  @Test func fiveStepsEqualPyTorchs() throws {
    let settings = UpdatedParameters.settings(.lazy, regularizers: (0, 0.2), optimizer: .adamW)
    let weight = Parameter(name: "weight", shape: [4], regularization: .network)
    for (index, value) in [0.5, -1, 2, 1.5].enumerated() {
      weight.value.base[index] = Scalar(value)
    }
    let optimizer = settings.makeOptimizer(for: [weight], pool: WorkerPool(threads: 1))
    for (step, expected) in zip(1..., Self.pyTorch) {
      for element in 0..<3 {
        weight.gradient.base[element] = Scalar((7 * step + 3 * element) % 11 - 5) / 8
      }
      try optimizer.step(learningRate: step < 4 ? 0.1 : 0.01)
      expectClose(weight.value.view.doubles, expected, .rounding, "step \(step)")
    }
  }

  /// λ is so large that a coupled decay would clip every gradient to almost nothing.
  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases)
  func theDecayIsNoPartOfTheNormNorOfWhatIsClipped(
    update: TrainingSettings.EmbeddingUpdate
  ) throws {
    let results = try [0.0, 50].map { decay in
      let fixture = UpdatedParameters()
      let settings = UpdatedParameters.settings(
        update, regularizers: (decay, decay), norm: 30, optimizer: .adamW)
      let optimizer = fixture.optimizer(settings)
      let norms = try (1...3).map { step in
        // The gradients of the first step are clipped.
        fixture.draw(step: step, scale: step == 1 ? 5 : 0.1)
        let norm = optimizer.gradientNorm()
        try optimizer.step(learningRate: 0.001)
        return norm
      }
      return (norms, optimizer.state.flatMap(\.values.doubles), fixture.values(after: optimizer))
    }
    #expect(results[0].0[0] > 30 && results[0].0[1] < 30)
    #expect(results[0].0 == results[1].0)
    #expect(results[0].1 == results[1].1)
    #expect(results[0].2[0] != results[1].2[0])
  }

  /// Under `dense` a row that no batch touches shrinks by `1 − η·λ` in every step; under `lazy` it
  /// stays as it is.
  @Test(arguments: TrainingSettings.EmbeddingUpdate.allCases)
  func untouchedRowsDecayUnderDenseAlone(update: TrainingSettings.EmbeddingUpdate) throws {
    let settings = UpdatedParameters.settings(
      update, regularizers: (0.5, 0), norm: 1, optimizer: .adamW)
    let fixture = UpdatedParameters(rows: [3000, 5])
    let optimizer = fixture.optimizer(settings)
    let before = fixture.values[0]
    var touched: Set<Int> = []
    let steps = DeferredRows.capacity + 5
    for step in 1...steps {
      fixture.draw(step: step)
      touched.formUnion((0..<3000).filter { fixture.touched[0].slot(of: $0) != nil })
      try optimizer.step(learningRate: 0.1)
    }
    let after = fixture.values(after: optimizer)[0]
    let untouched = (0..<3000).filter { !touched.contains($0) }
    #expect(untouched.count > 1000)
    let factor =
      update == .dense ? (0..<steps).reduce(1.0) { product, _ in product * (1 - 0.1 * 0.5) } : 1
    let elements = untouched.flatMap { $0 * 10..<$0 * 10 + 10 }
    expectClose(
      elements.map { after[$0] }, elements.map { factor * before[$0] }, .rounding, "\(update)")
  }

  @Test func theRecordSaysThatTheDecayIsDecoupled() {
    let dense = UpdatedParameters.settings(.dense, regularizers: (0.01, 0), optimizer: .adamW)
    let lazy = UpdatedParameters.settings(.lazy, norm: 10, optimizer: .adamW)
    let semantics = [dense, lazy].map { UpdatedParameters().optimizer($0).semantics }
    #expect(
      semantics == [
        "adamw (beta1 0.9, beta2 0.999, epsilon 1e-08); embedding_update dense: every row of every "
          + "table is updated in every step, all moments decay, and weights decay in the whole table; "
          + "weight decay is decoupled, learning_rate*lambda*w per step, with lambda 0.01 for "
          + "embeddings and 0.0 for the network; gradients are not clipped",
        "adamw (beta1 0.9, beta2 0.999, epsilon 1e-08); embedding_update lazy: only the table rows "
          + "that the batch touches are updated, the state of other rows does not change, and weights "
          + "decay in the touched rows alone; weight decay is decoupled, learning_rate*lambda*w per "
          + "step, with lambda 0.0 for embeddings and 0.0 for the network; gradients, lambda*w "
          + "excluded, are scaled to a global norm of at most 10.0",
      ])
  }
}
