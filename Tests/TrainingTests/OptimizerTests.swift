import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

private let tolerance =
  MemoryLayout<Scalar>.size == 8
  ? Tolerance(absolute: 1e-11, relative: 1e-11) : Tolerance(absolute: 3e-6, relative: 3e-6)

@Suite struct OptimizerTests {
  @Test(
    arguments: TrainingSettings.OptimizerKind.allCases, TrainingSettings.EmbeddingUpdate.allCases)
  func everyOptimizerEqualsItsNaiveTwin(
    optimizer: TrainingSettings.OptimizerKind, update: TrainingSettings.EmbeddingUpdate
  ) throws {
    for measuresNorms in [true, false] {
      try compare(optimizer, update, measuresNorms: measuresNorms)
    }
  }

  /// Six steps next to the twin's; measuring a norm applies every deferred update.
  private func compare(
    _ optimizer: TrainingSettings.OptimizerKind, _ update: TrainingSettings.EmbeddingUpdate,
    measuresNorms: Bool
  ) throws {
    for (dimension, norm) in [(1, 5.0), (3, 0), (10, 5), (16, 0), (17, 5), (20, 0)] {
      let settings = UpdatedParameters.settings(
        update, regularizers: (0.02, 0.3), norm: norm, optimizer: optimizer)
      let fixture = UpdatedParameters(dimension: dimension)
      let optimizer = fixture.optimizer(settings)
      var twin = NaiveOptimizer(fixture.parameters, settings: settings)
      for step in 1...6 {
        fixture.draw(step: step)
        let rate = step < 4 ? 0.01 : 0.001
        let expected = twin.update(fixture.parameters, learningRate: rate)
        if measuresNorms {
          expectClose(
            optimizer.gradientNorm(), expected, tolerance, "norm, step \(step), width \(dimension)")
        }
        try optimizer.step(learningRate: rate)
      }
      let values = fixture.values(after: optimizer)
      for (index, parameter) in fixture.parameters.enumerated() {
        expectClose(values[index], twin.values[index], tolerance, parameter.name)
      }
    }
  }

  /// λ is so large that the untouched rows' share decides whether the gradient is clipped.
  @Test func theDenseNormIncludesTheRegulariserOfUntouchedRows() throws {
    let settings = UpdatedParameters.settings(.dense, regularizers: (10, 0), norm: 1)
    let fixture = UpdatedParameters()
    let optimizer = fixture.optimizer(settings, threads: 1)
    for step in 1...3 {
      fixture.draw(step: step, scale: 1e-3)
      optimizer.flush()
      let all = fixture.parameters.reduce(0.0) { sum, parameter in
        sum
          + (0..<parameter.count).reduce(0.0) { sum, element in
            let columns = parameter.value.columns
            let decay = parameter.regularization == .embedding ? 10.0 : 0
            let whole =
              Double(parameter.gradient(row: element / columns, column: element % columns))
              + decay * Double(parameter.value.base[element])
            return sum + whole * whole
          }
      }
      expectClose(optimizer.gradientNorm(), all.squareRoot(), tolerance)
      try optimizer.step(learningRate: 0.01)
    }
  }

  @Test(arguments: TrainingSettings.OptimizerKind.allCases)
  func lazyLeavesUntouchedRowsAlone(kind: TrainingSettings.OptimizerKind) throws {
    let settings = UpdatedParameters.settings(
      .lazy, regularizers: (0.5, 0.5), norm: 1, optimizer: kind)
    let fixture = UpdatedParameters()
    let optimizer = fixture.optimizer(settings)
    let before = fixture.parameters[0].value.view.elements
    fixture.draw(step: 1)
    try optimizer.step(learningRate: 0.1)
    let after = fixture.parameters[0].value.view.elements
    for row in 0..<700 {
      let isTouched = fixture.touched[0].slot(of: row) != nil
      let range = row * 10..<row * 10 + 10
      #expect((before[range] == after[range]) == !isTouched, "row \(row)")
    }
  }

  /// Rows are updated one by one or as one long span: the position of a row's elements does not
  /// change their bits.
  @Test(arguments: TrainingSettings.OptimizerKind.allCases, [1, 3, 10, 13, 31])
  func denseEqualsLazyBitForBitWhereEveryRowIsTouched(
    optimizer: TrainingSettings.OptimizerKind, dimension: Int
  ) throws {
    let fixtures = TrainingSettings.EmbeddingUpdate.allCases.map { update in
      (
        UpdatedParameters(rows: [64, 5], dimension: dimension),
        UpdatedParameters.settings(update, norm: 3, optimizer: optimizer)
      )
    }
    let values = try fixtures.map { fixture, settings in
      let optimizer = fixture.optimizer(settings)
      for step in 1...4 {
        fixture.draw(step: step, all: true)
        try optimizer.step(learningRate: 0.01)
      }
      return fixture.values(after: optimizer)
    }
    #expect(values[0] == values[1])
  }

  /// Without moments that decay and without a regulariser, a row without a gradient does not move.
  @Test(arguments: [TrainingSettings.OptimizerKind.adagrad, .sgd, .rowwiseAdagrad])
  func denseEqualsLazyBitForBitWithoutARegulariserExceptForAdam(
    optimizer: TrainingSettings.OptimizerKind
  ) throws {
    let values = try TrainingSettings.EmbeddingUpdate.allCases.map { update in
      let fixture = UpdatedParameters()
      let optimizer = fixture.optimizer(
        UpdatedParameters.settings(update, norm: 3, optimizer: optimizer))
      for step in 1...4 {
        fixture.draw(step: step)
        try optimizer.step(learningRate: 0.01)
      }
      return fixture.values(after: optimizer)
    }
    #expect(values[0] == values[1])
  }

  /// Storing a row's history with its value changes no bits, for any dimension, padded to cache
  /// lines or not.
  @Test(arguments: TrainingSettings.OptimizerKind.allCases, [1, 7, 10, 16])
  func historyStoredWithTheRowsGivesTheSameBits(
    kind: TrainingSettings.OptimizerKind, dimension: Int
  ) throws {
    let settings = UpdatedParameters.settings(
      .lazy, regularizers: (2, 0.3), norm: 1, optimizer: kind)
    let results = try [noRowHistory, settings.rowHistory].map { history in
      let fixture = UpdatedParameters(rows: [3000, 5], dimension: dimension, history: history)
      let optimizer = fixture.optimizer(settings)
      let norms = try (1...4).map { step in
        fixture.draw(step: step)
        let norm = optimizer.gradientNorm()
        try optimizer.step(learningRate: 0.01)
        return norm
      }
      return norms + fixture.values(after: optimizer).joined()
        + optimizer.state.flatMap(\.values.doubles)
    }
    #expect(results[0] == results[1])
  }

  /// Values, state and the number of steps, as in a checkpoint, determine the following steps.
  @Test(
    arguments: TrainingSettings.OptimizerKind.allCases, TrainingSettings.EmbeddingUpdate.allCases)
  func anOptimizerResumedFromItsStateTakesTheSameSteps(
    kind: TrainingSettings.OptimizerKind, update: TrainingSettings.EmbeddingUpdate
  ) throws {
    let settings = UpdatedParameters.settings(
      update, regularizers: (2, 0.3), norm: 1, optimizer: kind)
    // The table is larger than a task, and its rows end within a block of a plain sum of squares.
    let rows = [3000, 5]
    let fixtures = (UpdatedParameters(rows: rows), UpdatedParameters(rows: rows, seed: 2))
    let optimizers = (fixtures.0.optimizer(settings), fixtures.1.optimizer(settings))
    for step in 1...3 {
      fixtures.0.draw(step: step)
      try optimizers.0.step(learningRate: 0.01)
    }
    optimizers.0.flush()
    for (from, to) in zip(fixtures.0.parameters, fixtures.1.parameters) {
      to.value.base.update(from: from.value.base, count: from.count)
    }
    for (from, to) in zip(optimizers.0.state, optimizers.1.state) {
      #expect(from.name == to.name && from.shape == to.shape)
      to.values.copy(from: from.values)
    }
    optimizers.1.resume(steps: optimizers.0.steps)
    for step in 4...6 {
      fixtures.0.draw(step: step)
      fixtures.1.draw(step: step)
      #expect(optimizers.0.gradientNorm() == optimizers.1.gradientNorm())
      try optimizers.0.step(learningRate: 0.01)
      try optimizers.1.step(learningRate: 0.01)
    }
    #expect(fixtures.0.values(after: optimizers.0) == fixtures.1.values(after: optimizers.1))
  }

  @Test(
    arguments: TrainingSettings.OptimizerKind.allCases, TrainingSettings.EmbeddingUpdate.allCases)
  func theBitsDoNotDependOnTheNumberOfThreads(
    optimizer: TrainingSettings.OptimizerKind, update: TrainingSettings.EmbeddingUpdate
  ) throws {
    let results = try [1, 2, 3].map { threads in
      // Tables of several tasks, and a batch whose touched rows fill more than one.
      let fixture = UpdatedParameters(rows: [9000, 40], dimension: 16, batch: 4000)
      let settings = UpdatedParameters.settings(
        update, regularizers: (1e-2, 1e-3), norm: 10, optimizer: optimizer)
      let optimizer = fixture.optimizer(settings, threads: threads)
      let norms = try (1...4).map { step in
        fixture.draw(step: step)
        let norm = optimizer.gradientNorm()
        try optimizer.step(learningRate: 0.01)
        return norm
      }
      return (norms, fixture.values(after: optimizer))
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
    }
  }

  @Test func aClippedGradientHasTheMaximumNorm() throws {
    // Adam's step does not depend on scale, the first moment does: after one step it is 0.1 · the
    // clipped gradient.
    let settings = UpdatedParameters.settings(.dense, norm: 2)
    let fixture = UpdatedParameters()
    let optimizer = ElementwiseOptimizer(
      Adam(), parameters: fixture.parameters, settings: settings, pool: WorkerPool(threads: 1))
    fixture.draw(step: 1)
    #expect(optimizer.gradientNorm() > 2)
    try optimizer.step(learningRate: 0.01)
    let clipped = optimizer.parameters.reduce(0.0) { sum, parameter in
      sum
        + (0..<parameter.state.columns).reduce(0.0) {
          $0 + 100 * Double(parameter.state[0, $1]) * Double(parameter.state[0, $1])
        }
    }
    expectClose(clipped.squareRoot(), 2, Tolerance(absolute: 0, relative: 2e-6))
  }

  @Test(arguments: [Scalar.nan, .infinity])
  func aGradientThatIsNotFiniteStopsTheRunAndChangesNothing(bad: Scalar) throws {
    let fixture = UpdatedParameters()
    let optimizer = fixture.optimizer(UpdatedParameters.settings(.lazy, norm: 10))
    fixture.draw(step: 1)
    try optimizer.step(learningRate: 0.01)
    let before = fixture.values
    fixture.draw(step: 2)
    fixture.parameters[3].gradient[20, 18] = bad
    let failure = TrainingFailure.nonFiniteGradient(
      step: 2, tensor: "encoder.weight", learningRate: 0.01, rows: nil)
    #expect(throws: failure) { try optimizer.step(learningRate: 0.01) }
    #expect(fixture.values == before)
    #expect(
      failure.description
        == "step 2: the gradient of encoder.weight is not finite at learning rate 0.01, in some batch; "
        + "lower training.learning_rate or inspect the rows")
  }
}
