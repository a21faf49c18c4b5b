import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// One target with one backbone and paradigm.
struct TargetChoice: CustomStringConvertible, Sendable {
  let backbone: BackboneKind
  let paradigm: Paradigm
  let target: TargetKind
  var description: String { "\(backbone) \(paradigm) \(target)" }

  /// Every valid one, except the method's target `all`.
  static let all: [TargetChoice] = ModelSettings.variants.flatMap { backbone, paradigm in
    TargetKind.allCases.filter { $0 != .all && backbone.suits($0) }.map {
      TargetChoice(backbone: backbone, paradigm: paradigm, target: $0)
    }
  }
}

/// Targets inside whole models.
@Suite struct TargetModelTests {
  private func model(
    _ choice: TargetChoice, count: Int = 2, _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    ModelGradientTests().model(choice.backbone, choice.paradigm) {
      $0.target = choice.target
      $0.targetFields = count
      $0.encoder.activation = .tanh
      change(&$0)
    }
  }

  @Test func masksSuitEveryBackboneWithASourceAndTheOthersCrossLayers() {
    #expect(TargetChoice.all.count == 2 * (2 * 12 + 2 * 4))
  }

  @Test(arguments: TargetChoice.all)
  func everyParametersGradientEqualsCentralDifferences(choice: TargetChoice) {
    // In float the step is long: several layers curve within it.
    guard MemoryLayout<Scalar>.size == 8 || choice.backbone == .fm else { return }
    ModelGradientTests().checkEveryParameter(model(choice), "\(choice)")
  }

  @Test(arguments: CrossFamilyTests.crossNetworks, TargetKind.allCases)
  func gradientsHoldBehindDropoutBiasResidualAndEitherInput(
    backbone: BackboneKind, target: TargetKind
  ) {
    guard MemoryLayout<Scalar>.size == 8 else { return }
    for input in EncoderSettings.Input.allCases {
      ModelGradientTests().checkEveryParameter(
        model(.init(backbone: backbone, paradigm: .generative, target: target)) {
          $0.encoder.input = input
          $0.encoder.residual = true
          $0.crossBias = true
          $0.crossDropout = 0.3
          $0.crossLayers = 2
        }, "\(backbone) \(target) \(input)")
    }
  }

  private func logits(_ model: CTRModel, _ pass: Pass) -> [Double] {
    let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 5)
    return withExtendedLifetime(model) { model.forward(batch, pass).doubles }
  }

  @Test(arguments: TargetChoice.all)
  func aStepDrawsTheSameFieldsAgainAndAnotherStepOthers(choice: TargetChoice) {
    let model = model(choice)
    let first = logits(model, .training(step: 3))
    #expect(logits(model, .training(step: 3)) == first)
    let others = (4...9).map { logits(model, .training(step: $0)) }
    #expect(others.contains { $0 != first })
    #expect(logits(self.model(choice), .training(step: 3)) == first)
  }

  @Test(arguments: TargetChoice.all)
  func evaluationDrawsNothing(choice: TargetChoice) {
    let model = model(choice)
    let before = logits(model, .evaluation)
    _ = logits(model, .training(step: 3))
    #expect(logits(model, .evaluation) == before)
  }

  @Test(arguments: TargetChoice.all.filter { [.masked, .fieldMasked].contains($0.target) })
  func inEvaluationAMaskedModelIsTheModelWithoutItsMask(choice: TargetChoice) {
    let masked = model(choice)
    let plain = model(
      .init(backbone: choice.backbone, paradigm: choice.paradigm, target: .all))
    for parameter in plain.parameters {
      let twin = masked.parameter(parameter.name)
      #expect(twin != nil, "\(parameter.name)")
      twin.map { parameter.value.view.copy(from: $0.value.view) }
    }
    #expect(masked.parameters.count == plain.parameters.count + 1)
    #expect(logits(masked, .evaluation) == logits(plain, .evaluation))
    // With vectors of zero, training does not see the mask either.
    #expect(logits(masked, .training(step: 1)) != logits(plain, .training(step: 1)))
    masked.parameter("mask.weight")?.value.view.fill(0)
    expectClose(
      logits(masked, .training(step: 1)), logits(plain, .training(step: 1)), .rounding)
  }

  /// With one layer and all fields `R` is `X₁ − X₀`, so a linear head gives the difference of their
  /// logits.
  @Test(arguments: Paradigm.allCases)
  func predictingEveryFieldOfOneLayerIsThatLayersInteraction(paradigm: Paradigm) throws {
    func crossed(_ target: TargetKind) -> CTRModel {
      model(.init(backbone: .crossnet, paradigm: paradigm, target: target), count: 5) {
        $0.crossLayers = 1
        $0.head = .linear
      }
    }
    let (random, all) = (crossed(.random), crossed(.all))
    let difference = try #require(zeroEmbeddingsTerm(all))
    expectClose(
      zip(logits(all, .evaluation), difference).map { $0 - $1 }, logits(random, .evaluation),
      .rounding)
  }

  /// The output of a linear head for `X₀` alone: the logit without its bias when the cross weight
  /// is zero.
  private func zeroEmbeddingsTerm(_ model: CTRModel) -> [Double]? {
    guard let weight = model.parameter("cross.0.weight"),
      let bias = model.parameter("head.output.bias")
    else { return nil }
    let kept = weight.value.view.elements
    weight.value.view.fill(0)
    let logits = logits(model, .evaluation).map { $0 - Double(bias.value.base[0]) }
    for (index, value) in kept.enumerated() { weight.value.base[index] = value }
    return logits
  }

  @Test(arguments: TargetChoice.all)
  func anyNumberOfThreadsGivesTheSameBits(choice: TargetChoice) {
    func numbers(_ threads: Int) -> [Double] {
      let model = CTRModel.tiny(
        choice.backbone, choice.paradigm, capacity: 300, threads: threads
      ) {
        $0.target = choice.target
        $0.targetFields = 2
      }.randomized()
      let logits = model.step(.random(rows: 300, schema: model.schema, seed: 5), number: 2).logits
      return logits + model.parameters.flatMap { $0.gradient.view.doubles }
    }
    let one = numbers(1)
    #expect(numbers(2) == one)
    #expect(numbers(3) == one)
  }
}
