import ClickData
import LinearAlgebra
import TestSupport
import Testing

@testable import Models

/// Every model compared with PyTorch's, number by number.
@Suite struct GoldenTests {
  @Test(arguments: ModelSettings.variants)
  func everyBackboneAndParadigmHasAGoldenCase(backbone: BackboneKind, paradigm: Paradigm) {
    #expect(GoldenCase.names.contains("\(backbone.rawValue)-\(paradigm.rawValue)"))
  }

  /// Every backbone has a head of two layers; only those of cross layers can have another.
  @Test func everyEncoderAndTargetHasAGoldenCaseWithEveryBackboneAndHead() throws {
    var encoders: Set<String> = []
    var targets: Set<String> = []
    for name in GoldenCase.names {
      guard let settings = try GoldenCase(name)?.settings else { continue }
      let model = "\(settings.backbone) \(settings.paradigm)"
      encoders.insert(
        "\(model) \(settings.encoder.kind) \(settings.encoder.source) \(settings.head)")
      targets.insert("\(model) \(settings.target)")
    }
    for backbone in BackboneKind.allCases where backbone.hasSource {
      let hasTokens = [.rankmixer, .rankelastor].contains(backbone)
      let heads: [ModelSettings.Head] =
        CrossFamilyTests.crossNetworks.contains(backbone)
        ? [.mlp, .linear] : [hasTokens ? .linear : .mlp]
      for head in heads {
        for choice in EncoderTests.choices where backbone.suits(choice.source) {
          let model = "\(backbone) generative \(choice.kind) \(choice.source) \(head)"
          #expect(encoders.contains(model), "\(model)")
        }
        #expect(encoders.contains("\(backbone) discriminative fieldWise all \(head)"))
      }
      for target in TargetKind.allCases where backbone.suits(target) {
        #expect(targets.contains("\(backbone) generative \(target)"), "\(backbone) \(target)")
      }
    }
  }

  @Test(arguments: ModelSettings.variants)
  func everyBackboneWithEmbeddingsHasAGoldenCaseOfTwoSets(
    backbone: BackboneKind, paradigm: Paradigm
  ) {
    guard backbone != .lr else { return }
    #expect(GoldenCase.names.contains("\(backbone.rawValue)-\(paradigm.rawValue)-two-sets"))
  }

  @Test(arguments: GoldenCase.names)
  func logitsLossAndGradientsEqualPyTorchs(name: String) throws {
    guard let golden = try GoldenCase(name) else { return }
    let model = try golden.model()
    let batch = try golden.batch(0)
    let logits = model.forward(batch, .training(step: 1))
    let gradient = Matrix(rows: batch.rows, columns: 1)
    let loss = BinaryCrossEntropy.forward(
      logits: logits, labels: batch.labels, gradient: gradient.view)
    expectClose(
      logits.doubles, try golden.tensors.doubles("logits"), .goldenValue, "\(name): logits")
    expectClose([loss], try golden.tensors.doubles("loss"), .goldenValue, "\(name): loss")
    model.backward(gradient.view)
    let expected = try model.parameters.map { try golden.tensors.doubles("gradient.\($0.name)") }
    // A gradient that cancels, as that of a bias before batch normalisation, is compared with the
    // largest of all.
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    for (parameter, expected) in zip(model.parameters, expected) {
      expectClose(
        parameter.fullGradient, expected, .goldenGradient(largest: largest),
        "\(name): \(parameter.name)")
    }
  }
}
