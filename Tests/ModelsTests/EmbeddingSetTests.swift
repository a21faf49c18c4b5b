import ClickData
import LinearAlgebra
import TestSupport
import Testing

@testable import Models

/// Several sets of embeddings in one model.
@Suite struct EmbeddingSetTests {
  private static let backbones = BackboneKind.allCases.filter { $0 != .lr }
  /// Those whose logit is a perceptron's beside a linear term.
  private static let perceptrons: [BackboneKind] = [
    .dnn, .nfm, .ipnn, .crossnet, .dcnv2, .dcnv2Stacked, .dcnv2StackedParallel, .wukong,
    .rankmixer, .rankelastor,
  ]

  private func model(
    _ backbone: BackboneKind, sets: Int, capacity: Int = 16, threads: Int = 2,
    share: BatchShare = BatchShare()
  ) -> CTRModel {
    let paradigm: Paradigm = backbone.hasSource ? .generative : .discriminative
    return CTRModel.tiny(
      backbone, paradigm, capacity: capacity, share: share, threads: threads
    ) {
      $0.embeddingSets = sets
      $0.encoder.activation = .tanh
      $0.deep.activation = .tanh
    }
  }

  @Test(arguments: backbones)
  func theFirstSetHasTheNamesOfAModelWithOneAndTheOthersAPrefix(backbone: BackboneKind) {
    let plain = model(backbone, sets: 1).parameters.map(\.name)
    let names = model(backbone, sets: 3).parameters.map(\.name)
    #expect(names.filter { !$0.hasPrefix("set.") } == plain)
    for set in 1...2 {
      let own = names.filter { $0.hasPrefix("set.\(set).") }.map { $0.dropFirst(6) }
      #expect(own.allSatisfy { plain.contains(String($0)) } && own.contains("embedding.C0.weight"))
    }
    #expect(Set(names).count == names.count)
  }

  /// The mean of equal vectors is the vector.
  @Test(arguments: perceptrons)
  func equalSetsGiveTheLogitOfOne(backbone: BackboneKind) throws {
    let (plain, several) = (
      model(backbone, sets: 1).randomized(), model(backbone, sets: 3).randomized()
    )
    for parameter in several.parameters {
      let name =
        parameter.name.hasPrefix("set.") ? String(parameter.name.dropFirst(6)) : parameter.name
      let source = try #require(plain.parameter(name))
      for row in 0..<source.value.rows {
        for column in 0..<source.value.columns {
          parameter.value[row, column] = source.value[row, column]
        }
      }
    }
    let batch = EncodedBatch.random(rows: 9, schema: plain.schema, seed: 6)
    expectClose(
      several.logits(batch), plain.logits(batch), Tolerance(absolute: 1e-4, relative: 1e-4))
  }

  @Test(arguments: backbones)
  func anyNumberOfThreadsGivesTheSameBits(backbone: BackboneKind) {
    let batch = EncodedBatch.random(rows: 300, schema: FieldSchema.mixed(fields: 5), seed: 5)
    let results = [1, 3].map { threads in
      let model = model(backbone, sets: 2, capacity: 300, threads: threads).randomized()
      return [model.step(batch).logits] + model.gradients.map(\.values)
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: backbones)
  func everyParameterOfEverySetReceivesItsGradient(backbone: BackboneKind) {
    guard MemoryLayout<Scalar>.size == 8 || backbone == .fm || backbone == .dnn else { return }
    let model = model(backbone, sets: 2).randomized()
    ModelGradientTests().checkEveryParameter(model, "two sets of \(backbone)")
  }
}
