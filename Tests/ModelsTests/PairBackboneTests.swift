import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@Suite struct PairBackboneTests {
  private let schema = FieldSchema.mixed(fields: 5)

  private func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm = .discriminative, threads: Int = 2,
    batch: Int = 8, _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    // Tables as after training: with the initial 1e-4 every pair would vanish.
    CTRModel.tiny(backbone, paradigm, capacity: batch, threads: threads) {
      $0.encoder.activation = .linear
      change(&$0)
    }.randomized(deviation: 1) { $0.name.hasPrefix("embedding.") }
  }

  private func parameter(_ name: String, of model: CTRModel) throws -> Parameter {
    try #require(model.parameter(name))
  }

  private func setIdentity(_ matrix: MatrixView) {
    matrix.fill(0)
    for index in 0..<matrix.rows { matrix[index, index] = 1 }
  }

  private func silenceFirstOrder(_ model: CTRModel) {
    for parameter in model.parameters where parameter.name.hasPrefix("first_order.") {
      parameter.value.view.fill(0)
    }
  }

  /// `Σ_{i<j} ⟨vᵢ, vⱼ⟩` as FM computes it.
  private func pairSums(_ batch: EncodedBatch) -> [Double] {
    let fm = model(.fm)
    silenceFirstOrder(fm)
    return fm.logits(batch)
  }

  @Test func fwfmOfUnitWeightsIsFM() throws {
    let batch = EncodedBatch.random(rows: 8, schema: schema, seed: 5)
    for linear in LinearTermKind.allCases {
      let fwfm = model(.fwfm) { $0.fwfmLinear = linear }
      silenceFirstOrder(fwfm)
      for parameter in fwfm.parameters where parameter.name.hasPrefix("linear.") {
        parameter.value.view.fill(0)
      }
      try parameter("interaction.weight", of: fwfm).value.view.fill(1)
      expectClose(fwfm.logits(batch), pairSums(batch), .rounding, "\(linear)")
    }
  }

  @Test func fmfmOfIdentityMatricesIsFM() throws {
    let batch = EncodedBatch.random(rows: 8, schema: schema, seed: 5)
    let matrixed = model(.fmfm)
    let matrices = try parameter("interaction.weight", of: matrixed)
    #expect(matrices.shape == [10, 3, 3])
    for pair in 0..<10 {
      setIdentity(MatrixView(base: matrices.value.view.row(pair), rows: 3, columns: 3, stride: 3))
    }
    let vectorized = model(.fmfm) { $0.fmfmField = .vectorized }
    try parameter("interaction.weight", of: vectorized).value.view.fill(1)
    for model in [matrixed, vectorized] {
      silenceFirstOrder(model)
      expectClose(model.logits(batch), pairSums(batch), .rounding)
    }
  }

  @Test func ipnnThatReadsOnlyTheProductsIsFM() throws {
    let batch = EncodedBatch.random(rows: 8, schema: schema, seed: 5)
    let ipnn = model(.ipnn) { $0.deep.hiddenUnits = [] }
    let weight = try parameter("dnn.output.weight", of: ipnn).value.view
    #expect(weight.columns == 5 * 3 + 10)
    weight.fill(0)
    weight.columns(15..<25).fill(1)
    expectClose(ipnn.logits(batch), pairSums(batch), .rounding)
  }

  @Test(arguments: [BackboneKind.fwfm, .fmfm, .ipnn])
  func anIdentityEncoderGivesTheDiscriminativeModel(backbone: BackboneKind) throws {
    let models = Paradigm.allCases.map { model(backbone, $0) { $0.deep.hiddenUnits = [4] } }
    setIdentity(try parameter("encoder.weight", of: models[1]).value.view)
    let batch = EncodedBatch.random(rows: 8, schema: schema, seed: 5)
    expectClose(models[1].logits(batch), models[0].logits(batch), .rounding)
  }

  /// Field 0 is a left operand of every pair, the last field never is.
  @Test(arguments: [(BackboneKind.fwfm, 0), (.fmfm, 4), (.ipnn, 0)])
  func theGeneratedSideIsTheOneOfTheFormula(backbone: BackboneKind, field: Int) throws {
    // All fields but one generate zero: only pairs with that field on the generated side are left.
    let model = model(backbone, .generative) { $0.fwfmLinear = .lw }
    silenceFirstOrder(model)
    let encoder = try parameter("encoder.weight", of: model).value.view
    encoder.fill(0)
    let batch = EncodedBatch.random(rows: 8, schema: schema, seed: 5)
    let silent = model.logits(batch)
    setIdentity(encoder.rows(3 * field..<3 * field + 3).columns(3 * field..<3 * field + 3))
    #expect(zip(model.logits(batch), silent).allSatisfy { $0 != $1 })
    // The field at the other end is on the raw side of all its pairs.
    encoder.fill(0)
    let other = 4 - field
    setIdentity(encoder.rows(3 * other..<3 * other + 3).columns(3 * other..<3 * other + 3))
    #expect(model.logits(batch) == silent)
  }

  @Test func namesShapesAndRegularizationAreTheReferences() {
    func described(_ backbone: BackboneKind, _ change: (inout ModelSettings) -> Void) -> [String] {
      model(backbone, .generative, change).parameters.filter {
        !$0.name.hasPrefix("embedding.") && !$0.name.hasPrefix("first_order.C")
          && $0.name != "first_order.I1.weight"
      }.map { "\($0.name) \($0.shape) \($0.regularization)" }.sorted()
    }
    let encoder = "encoder.weight [15, 15] network"
    let weights = "interaction.weight [10] network"
    let bias = "first_order.bias [1] network"
    #expect(described(.fwfm) { $0.fwfmLinear = .lw } == [encoder, bias, weights])
    #expect(
      described(.fwfm) { $0.fwfmLinear = .felv }
        == [encoder, weights]
        + schema.map { "linear.\($0.name).weight [\($0.rows), 3] embedding" }.sorted())
    #expect(
      described(.fwfm) { $0.fwfmLinear = .filv }
        == [encoder, weights, "linear.weight [1, 15] network"])
    #expect(described(.fmfm) { _ in } == [encoder, bias, "interaction.weight [10, 3, 3] none"])
    #expect(
      described(.fmfm) { $0.fmfmField = .vectorized }
        == [encoder, bias, "interaction.weight [10, 3] none"])
    #expect(
      described(.ipnn) { $0.deep.hiddenUnits = [7] } == [
        "dnn.0.bias [7] network", "dnn.0.weight [7, 25] network", "dnn.output.bias [1] network",
        "dnn.output.weight [1, 7] network", encoder,
      ])
  }

  /// PyTorch's Xavier of `[pairs, d, d]` counts both fans d times: √(2/((10 + 3)·3)) over 90 draws.
  @Test func matricesOfPairsStartAsPyTorchs() throws {
    let fmfm = model(.fmfm)
    let weight = try parameter("interaction.weight", of: fmfm)
    let values = withExtendedLifetime(fmfm) { weight.value.view.doubles }
    let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    // Four deviations of 90 draws' own deviation are 30 %.
    expectClose(deviation, (2.0 / 39).squareRoot(), Tolerance(absolute: 0, relative: 0.3))
  }

  @Test(arguments: [BackboneKind.fwfm, .fmfm, .ipnn])
  func probesShowTheEmbeddingAndWhatIsGeneratedFromIt(backbone: BackboneKind) throws {
    let model = model(backbone, .generative)
    let encoder = try parameter("encoder.weight", of: model).value.view
    setIdentity(encoder)
    encoder[0, 0] = 3
    _ = model.forward(EncodedBatch.random(rows: 6, schema: schema, seed: 5))
    let raw = try #require(model.values(at: .embedding))
    // Of five fields of three dimensions, those that the pairs read.
    let fields = try #require(backbone.operands(in: .generative)).rightFields.range(of: 5)
    let expected = raw.enumerated().filter { fields.contains($0.offset % 15 / 3) }
      .map { $0 % 15 == 0 ? 3 * $1 : $1 }
    #expect(try #require(model.values(at: .left)) == raw)
    expectClose(try #require(model.values(at: .right)), expected, .rounding)
    expectClose(try #require(model.values(at: .encoder(0))), expected, .rounding)
  }

  @Test(arguments: [BackboneKind.fwfm, .fmfm, .ipnn])
  func bitsDoNotDependOnTheNumberOfThreads(backbone: BackboneKind) {
    let batch = EncodedBatch.random(rows: 700, schema: schema, seed: 5)
    for field in ModelSettings.FmFMField.allCases {
      let results = (1...3).map { threads in
        let model = model(backbone, .generative, threads: threads, batch: 700) {
          $0.fmfmField = field
        }
        let logits = model.forward(batch)
        let elements = logits.elements
        model.backward(logits)
        return elements + model.parameters.flatMap { $0.gradient.view.elements }
      }
      for result in results { #expect(result == results[0]) }
    }
  }
}
