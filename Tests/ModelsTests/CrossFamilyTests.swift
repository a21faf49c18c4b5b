import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// CrossNet, DCN V2 in its structures, and xDeepFM as whole models.
@Suite struct CrossFamilyTests {
  static let crossNetworks: [BackboneKind] = [
    .crossnet, .dcnv2, .dcnv2Stacked, .dcnv2StackedParallel,
  ]
  static let backbones = crossNetworks + [.xdeepfm]

  private func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm, fields: Int = 5, threads: Int = 2,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    CTRModel.tiny(
      backbone, paradigm, schema: FieldSchema.mixed(fields: fields), capacity: 300, threads: threads
    ) {
      $0.encoder.activation = .linear
      $0.encoder.input = .embedding
      change(&$0)
    }.randomized { $0.touched != nil }
  }

  /// Logits and every gradient, by name, after a training step's forward and backward.
  private func step(_ model: CTRModel) -> [String: [Double]] {
    let logits = model.step(.random(rows: 300, schema: model.schema, seed: 5)).logits
    var results = ["logits": logits]
    for (name, values) in model.gradients { results[name] = values }
    return results
  }

  @Test(arguments: backbones, Paradigm.allCases)
  func anyNumberOfThreadsGivesTheSameBits(backbone: BackboneKind, paradigm: Paradigm) {
    let results = [1, 2, 3].map { threads in
      step(
        model(backbone, paradigm, threads: threads) {
          $0.encoder.input = .layerState
          $0.crossDropout = 0.2
          $0.crossBias = true
          // Blocks of one field, so that there are more blocks than threads.
          $0.cinHiddenUnits = [60, 3]
        })
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
  }

  @Test(arguments: backbones)
  func identityEncodersThatReadTheEmbeddingGiveTheDiscriminativeModel(backbone: BackboneKind) {
    let generative = model(backbone, .generative)
    for parameter in generative.parameters where parameter.name.hasSuffix("encoder.weight") {
      parameter.value.view.fill(0)
      for index in 0..<parameter.value.rows { parameter.value[index, index] = 1 }
    }
    let results = step(generative)
    for (name, expected) in step(model(backbone, .discriminative)) {
      expectClose(results[name] ?? [], expected, .rounding, name)
    }
  }

  @Test(arguments: Paradigm.allCases)
  func withoutHiddenLayersDCNv2IsCrossNet(paradigm: Paradigm) {
    let crossed = step(model(.crossnet, paradigm))
    #expect(step(model(.dcnv2, paradigm) { $0.deep.hiddenUnits = [] }) == crossed)
  }

  @Test func parametersHaveTheNamesAndShapesOfTheReference() {
    func parameters(
      _ backbone: BackboneKind, _ change: (inout ModelSettings) -> Void = { _ in }
    ) -> [String] {
      model(backbone, .generative, fields: 2, change).parameters
        .filter { $0.touched == nil }.map { "\($0.name) \($0.shape)" }
    }
    let cross = [
      "cross.0.weight [6, 6]", "cross.0.bias [6]", "cross.0.encoder.weight [6, 6]",
      "cross.1.weight [6, 6]", "cross.1.bias [6]", "cross.1.encoder.weight [6, 6]",
    ]
    let dnn = ["dnn.0.weight [7, 6]", "dnn.0.bias [7]", "dnn.1.weight [4, 7]", "dnn.1.bias [4]"]
    #expect(
      parameters(.dcnv2) {
        $0.crossLayers = 2
        $0.crossBias = true
      } == cross + dnn + [
        "head.0.weight [20, 10]", "head.0.bias [20]", "head.output.weight [1, 20]",
        "head.output.bias [1]",
      ])
    #expect(
      parameters(.xdeepfm) == [
        "first_order.bias [1]",
        "cin.0.weight [4, 4]", "cin.0.bias [4]", "cin.0.encoder.weight [6, 6]",
        "cin.1.weight [3, 8]", "cin.1.bias [3]", "cin.1.encoder.weight [6, 6]",
        "cin.output.weight [1, 7]", "cin.output.bias [1]",
      ] + dnn + ["dnn.output.weight [1, 4]", "dnn.output.bias [1]"])
  }

  @Test(arguments: backbones)
  func probesShowTheOperandsOfTheFirstInteraction(backbone: BackboneKind) throws {
    let model = model(backbone, .generative)
    let batch = EncodedBatch.random(rows: 40, schema: model.schema, seed: 6)
    _ = model.forward(batch)
    func matrix(_ point: ProbePoint) throws -> [Double] {
      try #require(model.matrix(at: point)).doubles
    }
    let embedding = try #require(model.matrix(at: .embedding))
    func product(_ name: String) throws -> [Double] {
      let weight = try #require(model.parameter(name))
      let product = Matrix(rows: 40, columns: weight.value.rows)
      MatrixProduct.multiply(
        embedding, weight.value.view, transposingB: true, into: product.view, overwriting: true)
      return product.view.doubles
    }
    switch backbone {
    case .xdeepfm:
      let generated = try product("cin.0.encoder.weight")
      expectClose(try matrix(.encoder(0)), generated, .rounding)
      expectClose(try matrix(.left), embedding.doubles, .exact)
      expectClose(try matrix(.right), generated, .rounding)
    default:
      let generated = try product("cross.0.encoder.weight")
      expectClose(try matrix(.encoder(0)), generated, .rounding)
      expectClose(try matrix(.left), generated, .rounding)
      expectClose(try matrix(.right), try product("cross.0.weight"), .rounding)
    }
    withExtendedLifetime(model) {}
  }
}
