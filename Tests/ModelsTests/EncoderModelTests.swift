import ClickData
import LinearAlgebra
import TestSupport
import Testing

@testable import Models

/// Every encoder inside whole models.
@Suite struct EncoderModelTests {
  static let backbones = BackboneKind.allCases.filter(\.hasSource)

  private func model(_ backbone: BackboneKind, _ choice: EncoderChoice) -> CTRModel {
    ModelGradientTests().model(backbone, .generative) {
      choice.apply(to: &$0.encoder)
      $0.encoder.activation = .tanh
      $0.encoder.residual = backbone == .dcnv2
      $0.embeddingDimension = 4
    }
  }

  @Test(arguments: backbones, EncoderTests.choices)
  func everyBackbonePropagatesTheGradientOfEveryEncoder(
    backbone: BackboneKind, choice: EncoderChoice
  ) {
    // In float the step is long: several layers curve within it, and kinks are crossed.
    guard MemoryLayout<Scalar>.size == 8 || choice.kind == .fieldWise && backbone == .fm,
      backbone.suits(choice.source)
    else { return }
    ModelGradientTests().checkEveryParameter(
      model(backbone, choice), "\(backbone), \(choice)")
  }

  @Test(arguments: EncoderTests.choices)
  func probesShowTheGeneratedVectorsOfTheFieldsThatAreRead(choice: EncoderChoice) {
    for backbone in [BackboneKind.fm, .dcnv2] {
      let model = model(backbone, choice)
      let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 6)
      _ = model.logits(batch)
      let generated = model.values(at: .encoder(0))
      // No pair of FM reads what is generated for the last field.
      let read = backbone == .fm ? 4 : 5
      #expect(generated?.count == 16 * read * 4, "\(backbone)")
      #expect(generated != model.values(at: .embedding), "\(backbone)")
    }
  }
}
