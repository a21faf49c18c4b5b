import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

/// Probes return the values that the logit is computed from.
@Suite struct ProbeTests {
  private static let rows = 70

  private func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm = .generative,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    let model = CTRModel.tiny(backbone, paradigm, capacity: 80) {
      $0.head = .linear
      change(&$0)
    }.randomized(deviation: 1) { $0.name.hasPrefix("embedding.") }
    for parameter in model.parameters
    where ["first_order.", "linear."].contains(where: parameter.name.hasPrefix) {
      parameter.value.view.fill(0)
    }
    return model
  }

  private func logits(_ model: CTRModel) -> [Double] {
    model.logits(EncodedBatch.random(rows: Self.rows, schema: model.schema, seed: 6))
  }

  private func values(_ model: CTRModel, _ point: ProbePoint) throws -> [[Double]] {
    let values = try #require(model.values(at: point), "\(point)")
    let width = values.count / Self.rows
    return (0..<Self.rows).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  /// `Linear(rows)` with the parameters of a layer.
  private func output(_ rows: [[Double]], _ name: String, of model: CTRModel) throws -> [Double] {
    func elements(_ name: String) throws -> [Double] {
      let parameter = try #require(model.parameter(name))
      return withExtendedLifetime(model) { parameter.value.view.doubles }
    }
    let (weight, bias) = (try elements("\(name).weight"), try elements("\(name).bias"))
    return rows.map { row in zip(row, weight).reduce(bias[0]) { $0 + $1.0 * $1.1 } }
  }

  @Test(arguments: [BackboneKind.fm, .fmfm], Paradigm.allCases)
  func theProductsOfAllPairsAddUpToTheLogit(backbone: BackboneKind, paradigm: Paradigm) throws {
    for kind in ModelSettings.FmFMField.allCases {
      let model = model(backbone, paradigm) { $0.fmfmField = kind }
      let expected = logits(model)
      let products = try values(model, .interaction(0))
      #expect(products[0].count == 10)
      expectClose(products.map { $0.reduce(0, +) }, expected, .rounding)
    }
  }

  @Test func theProductsOfFwFMAddUpToTheLogitByTheirWeights() throws {
    let model = model(.fwfm)
    let expected = logits(model)
    let weight = try #require(model.parameter("interaction.weight"))
    let weights = withExtendedLifetime(model) { weight.value.view.doubles }
    expectClose(
      try values(model, .interaction(0)).map { zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 } },
      expected, .rounding)
  }

  @Test(arguments: [BackboneKind.crossnet, .dcnv2])
  func aCrossLayersOutputIsItsInputAndSourceTimesProduct(backbone: BackboneKind) throws {
    let model = model(backbone)
    _ = logits(model)
    let (x, g) = (try values(model, .embedding), try values(model, .encoder(0)))
    let product = try values(model, .right)
    for row in 0..<Self.rows {
      expectClose(
        try values(model, .interaction(0))[row],
        x[row].indices.map { x[row][$0] + g[row][$0] * product[row][$0] }, .rounding)
    }
    let final = try values(model, .final(0))
    #expect(try values(model, .interaction(2)) == final.map { Array($0[0..<15]) })
  }

  @Test(arguments: [
    (BackboneKind.crossnet, "head.output"), (.dcnv2, "head.output"), (.ipnn, "dnn.output"),
    (.dnn, "dnn.output"), (.nfm, "dnn.output"), (.dcnv2Stacked, "head.output"),
    (.dcnv2StackedParallel, "head.output"), (.wukong, "dnn.output"),
    (.rankmixer, "head.output"), (.rankelastor, "head.output"),
  ])
  func theLogitIsTheLastLayerOfTheFinalRepresentation(backbone: BackboneKind, layer: String) throws
  {
    let model = model(backbone, backbone.hasSource ? .generative : .discriminative)
    let expected = logits(model)
    expectClose(try output(values(model, .final(0)), layer, of: model), expected, .rounding)
  }

  @Test func xDeepFMHasTwoFinalRepresentationsAndPooledMapsPerLayer() throws {
    let model = model(.xdeepfm)
    let expected = logits(model)
    let maps = try values(model, .final(0))
    let parts = zip(
      try output(maps, "cin.output", of: model),
      try output(values(model, .final(1)), "dnn.output", of: model))
    expectClose(parts.map(+), expected, .rounding)
    #expect(try values(model, .interaction(0)) == maps.map { Array($0[0..<4]) })
    #expect(try values(model, .interaction(1)) == maps.map { Array($0[4..<7]) })
    #expect(try values(model, .encoder(1)) != values(model, .encoder(0)))
  }

  @Test func deepFMShowsItsPairsAndItsLastHiddenLayer() throws {
    let model = model(.deepfm)
    let expected = logits(model)
    let parts = zip(
      try values(model, .interaction(0)).map { $0.reduce(0, +) },
      try output(values(model, .final(0)), "dnn.output", of: model))
    expectClose(parts.map(+), expected, .rounding)
  }

  @Test func thePooledPairsOfNFMAddUpToThoseOfFM() throws {
    for paradigm in Paradigm.allCases {
      let (nfm, fm) = (model(.nfm, paradigm), model(.fm, paradigm))
      _ = (logits(nfm), logits(fm))
      let pooled = try values(nfm, .interaction(0))
      #expect(pooled[0].count == 3)
      guard paradigm == .discriminative else { continue }
      expectClose(
        pooled.map { $0.reduce(0, +) },
        try values(fm, .interaction(0)).map { $0.reduce(0, +) }, .rounding)
    }
  }

  @Test func theInnerProductsOfIPNNAreThoseOfItsOperands() throws {
    let (ipnn, fm) = (model(.ipnn, .discriminative), model(.fm, .discriminative))
    _ = (logits(ipnn), logits(fm))
    #expect(try values(ipnn, .embedding) == values(fm, .embedding))
    expectClose(
      try values(ipnn, .interaction(0)).flatMap(\.self),
      try values(fm, .interaction(0)).flatMap(\.self), .rounding)
  }

  /// The representation holds the fields that the logit depends on, and no others: new weights for
  /// what is generated for any other field change nothing.
  @Test(arguments: BackboneKind.allCases.filter(\.hasOperands))
  func aGeneratedFieldThatNothingReadsIsNoPartOfTheRepresentation(backbone: BackboneKind) throws {
    let model = model(backbone) { $0.encoder.kind = .fieldWise }
    let operands = try #require(backbone.operands(in: .generative))
    let read = operands.rightFields.range(of: 5)
    let expected = logits(model)
    #expect(try #require(model.values(at: .encoder(0))).count == Self.rows * read.count * 3)
    let weight = try #require(
      model.parameters.first { $0.name.contains("encoder.") && $0.name.hasSuffix("weight") })
    for field in 0..<5 {
      let before = (field * 3..<(field + 1) * 3).map { weight.value[$0, 0] }
      for row in field * 3..<(field + 1) * 3 { weight.value[row, 0] += 1 }
      #expect((logits(model) != expected) == read.contains(field), "field \(field)")
      for (row, value) in before.enumerated() { weight.value[field * 3 + row, 0] = value }
    }
  }

  @Test(arguments: BackboneKind.allCases)
  func placesThatAModelDoesNotHaveAreNil(backbone: BackboneKind) {
    let model = model(backbone, .discriminative)
    _ = logits(model)
    for point in [ProbePoint.encoder(3), .interaction(3), .final(2), .encoder(-1)] {
      #expect(model.values(at: point) == nil, "\(point)")
    }
  }
}
