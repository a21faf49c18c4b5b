import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing
import Training

/// Ten steps of dense Adam, regularised and clipped, against PyTorch's.
@Suite struct GoldenStepTests {
  /// Once with norms, whose measurement applies every deferred update, and once without.
  @Test(arguments: GoldenCase.names, [true, false])
  func tenDenseStepsEqualPyTorchs(name: String, measuresNorms: Bool) throws {
    guard let golden = try GoldenCase(name) else { return }
    let model = try golden.model()
    let steps = try golden.steps()
    let optimizer = golden.training.makeOptimizer(
      for: model.parameters, pool: WorkerPool(threads: 2))
    optimizer.valuesChanged()
    let gradient = Matrix(rows: steps.rows, columns: 1)
    var losses: [Double] = []
    var norms: [Double] = []
    for step in 0..<steps.count {
      let batch = try golden.batch(step)
      losses.append(
        BinaryCrossEntropy.forward(
          logits: model.forward(batch, .training(step: step + 1)), labels: batch.labels,
          gradient: gradient.view))
      model.backward(gradient.view)
      if measuresNorms { norms.append(optimizer.gradientNorm()) }
      try optimizer.step(learningRate: golden.training.learningRate)
      model.zeroGradients()
    }
    optimizer.flush()
    let tensors = golden.tensors
    expectClose(losses, try tensors.doubles("losses"), .goldenStep, "\(name): losses")
    if measuresNorms {
      expectClose(norms, try tensors.doubles("norms"), .goldenStep, "\(name): norms")
    }
    for (parameter, values) in GoldenCase.values(of: model) {
      expectClose(
        values.view.doubles, try tensors.doubles("after.\(parameter)"), .goldenStep,
        "\(name): \(parameter) after ten steps")
    }
    let evaluation = model.forward(try golden.batch(0)).doubles
    expectClose(
      evaluation, try tensors.doubles("evaluation_logits"), .goldenEvaluation,
      "\(name): logits after ten steps")
  }

  /// Clipped steps together with others reveal the order of regularising, clipping and updating.
  @Test(arguments: GoldenCase.names)
  func someStepsAreClippedAndOthersAreNot(name: String) throws {
    guard let golden = try GoldenCase(name) else { return }
    let clipped = try golden.tensors.doubles("norms").filter {
      $0 > golden.training.maxGradientNorm
    }
    #expect((3...7).contains(clipped.count), "\(name): \(clipped.count) steps of ten")
  }
}
