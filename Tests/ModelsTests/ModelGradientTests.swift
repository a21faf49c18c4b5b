import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@Suite struct ModelGradientTests {
  func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm,
    schema: [FieldSchema] = FieldSchema.mixed(fields: 5),
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    CTRModel.tiny(backbone, paradigm, schema: schema) {
      $0.encoder.gamma = 0.7
      $0.deep.activation = .tanh
      $0.head = .linear
      // In float the step is long: several layers curve within it.
      $0.crossLayers = MemoryLayout<Scalar>.size == 8 ? 3 : 1
      change(&$0)
    }.randomized()
  }

  func checkEveryParameter(_ model: CTRModel, _ label: String) {
    let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 5)
    let gradient = Matrix(rows: 16, columns: 1)
    func loss() -> Double {
      BinaryCrossEntropy.forward(
        logits: model.forward(batch, .training(step: 1)), labels: batch.labels,
        gradient: gradient.view)
    }
    model.step(batch)
    for parameter in model.parameters {
      let analytic = parameter.fullGradient
      #expect(analytic.contains { $0 != 0 }, "\(label): \(parameter.name) receives no gradient")
      GradientCheck.check(
        "\(label): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: analytic, loss: loss)
    }
  }

  /// Whether the step of float is too long for a backbone, in which many layers curve one after
  /// another.
  private func isTooCurved(_ backbone: BackboneKind) -> Bool {
    let deep: Set<BackboneKind> = [
      .dcnv2Stacked, .dcnv2StackedParallel, .wukong, .rankmixer, .rankelastor,
    ]
    return MemoryLayout<Scalar>.size == 4 && deep.contains(backbone)
  }

  @Test(arguments: ModelSettings.variants)
  func wholeModelGradientsEqualCentralDifferences(backbone: BackboneKind, paradigm: Paradigm) {
    guard !isTooCurved(backbone) else { return }
    // A smooth activation: central differences are wrong across the kink of ReLU.
    checkEveryParameter(
      model(backbone, paradigm) { $0.encoder.activation = .tanh }, "\(backbone) \(paradigm)")
  }

  @Test(arguments: ModelSettings.variants)
  func gradientsOfSequencesEqualCentralDifferences(backbone: BackboneKind, paradigm: Paradigm) {
    guard !isTooCurved(backbone) else { return }
    checkEveryParameter(
      model(backbone, paradigm, schema: FieldSchema.sequences) { $0.encoder.activation = .tanh },
      "\(backbone) \(paradigm) of sequences")
  }

  @Test(arguments: ModelSettings.variants)
  func gradientsOfSharedTablesEqualCentralDifferences(backbone: BackboneKind, paradigm: Paradigm) {
    guard !isTooCurved(backbone) else { return }
    // In float the step is too long for two curved layers.
    guard MemoryLayout<Scalar>.size == 8 || backbone != .xdeepfm else { return }
    checkEveryParameter(
      model(backbone, paradigm, schema: FieldSchema.sharing) { $0.encoder.activation = .tanh },
      "\(backbone) \(paradigm) of shared tables")
  }

  @Test(arguments: ActivationKind.allCases, [false, true])
  func everyActivationOfTheEncoder(activation: ActivationKind, residual: Bool) {
    guard MemoryLayout<Scalar>.size == 8 || ![.relu, .prelu].contains(activation) else { return }
    checkEveryParameter(
      model(.fm, .generative) {
        $0.encoder.activation = activation
        $0.encoder.residual = residual
      }, "\(activation), residual \(residual)")
  }

  @Test(arguments: ModelSettings.variants)
  func backwardAccumulatesAndZeroGradientsClears(backbone: BackboneKind, paradigm: Paradigm) {
    let model = model(backbone, paradigm)
    let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 5)
    func gradients() -> [Double] {
      model.step(batch)
      defer { model.zeroGradients() }
      return model.parameters.flatMap { $0.gradient.view.doubles }
    }
    let first = gradients()
    #expect(gradients() == first)
    for parameter in model.parameters {
      #expect(parameter.gradient.view.elements.allSatisfy { $0 == 0 }, "\(parameter.name)")
    }
  }

  @Test(arguments: ActivationKind.allCases, [false, true])
  func deepLayersWithNormalizationAndDropout(activation: ActivationKind, normalizing: Bool) {
    // The step of float crosses 0, where ReLU and PReLU have a kink, and so has the slope of ELU.
    guard MemoryLayout<Scalar>.size == 8 || ![.relu, .prelu, .elu].contains(activation) else {
      return
    }
    checkEveryParameter(
      model(.deepfm, .generative) {
        $0.encoder.activation = .tanh
        $0.deep.activation = activation
        $0.deep.batchNormalization = normalizing
        $0.deep.dropout = 0.3
      }, "\(activation), normalizing \(normalizing)")
  }

  @Test(arguments: CrossFamilyTests.crossNetworks, ModelSettings.Head.allCases)
  func crossLayersInEverySetting(backbone: BackboneKind, head: ModelSettings.Head) {
    guard !isTooCurved(backbone) else { return }
    // The step of float crosses the kinks of the head's ReLU.
    guard MemoryLayout<Scalar>.size == 8 || head == .linear else { return }
    for input in EncoderSettings.Input.allCases {
      for residual in [false, true] {
        checkEveryParameter(
          model(backbone, .generative) {
            $0.encoder.activation = .tanh
            $0.encoder.input = input
            $0.encoder.residual = residual
            $0.crossBias = residual
            $0.crossDropout = residual ? 0.3 : 0
            $0.head = head
          }, "\(backbone), \(head), \(input), residual \(residual)")
      }
    }
  }

  @Test(arguments: LinearTermKind.allCases, Paradigm.allCases)
  func everyLinearTermOfFwFM(linear: LinearTermKind, paradigm: Paradigm) {
    checkEveryParameter(
      model(.fwfm, paradigm) {
        $0.fwfmLinear = linear
        $0.encoder.activation = .tanh
      }, "\(linear) \(paradigm)")
  }

  @Test(arguments: ModelSettings.FmFMField.allCases, Paradigm.allCases)
  func everyKindOfMatrixOfFmFM(field: ModelSettings.FmFMField, paradigm: Paradigm) {
    checkEveryParameter(
      model(.fmfm, paradigm) {
        $0.fmfmField = field
        $0.encoder.activation = .tanh
      }, "\(field) \(paradigm)")
  }
}
