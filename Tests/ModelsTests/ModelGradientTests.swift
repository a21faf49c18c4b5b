import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@Suite struct ModelGradientTests {
  static let paradigms: [(BackboneKind, Paradigm)] = BackboneKind.allCases.flatMap { kind in
    Paradigm.allCases.filter { $0 == .discriminative || kind.hasSource }.map { (kind, $0) }
  }

  func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm, seed: UInt64 = 3,
    schema: [FieldSchema] = FieldSchema.mixed(fields: 5),
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    settings.embeddingDimension = 3
    settings.encoder.gamma = 0.7
    settings.deep.hiddenUnits = [7, 4]
    settings.deep.activation = .tanh
    settings.head = .linear
    // In float the step is long: several layers bend within it.
    settings.crossLayers = MemoryLayout<Scalar>.size == 8 ? 3 : 1
    settings.cinHiddenUnits = [4, 3]
    change(&settings)
    let model = CTRModel(
      schema: schema, settings: settings, batchCapacity: 16, seed: seed,
      pool: WorkerPool(threads: 2))
    // Initial embeddings of 1e-4 would hide an interaction's gradient behind the first-order one.
    let random = CounterRandom(seed: 11, stream: 1)
    var position: UInt64 = 0
    for parameter in model.parameters {
      for index in 0..<parameter.count {
        parameter.value.base[index] = Scalar(0.5 * random.normal(position))
        position += 1
      }
    }
    return model
  }

  private func loss(_ model: CTRModel, _ batch: EncodedBatch, _ gradient: MatrixView) -> Double {
    BinaryCrossEntropy.forward(
      logits: model.forward(batch, .training(step: 1)), labels: batch.labels, gradient: gradient)
  }

  func checkEveryParameter(_ model: CTRModel, _ label: String) {
    let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 5)
    let gradient = Matrix(rows: 16, columns: 1)
    _ = loss(model, batch, gradient.view)
    model.backward(gradient.view)
    for parameter in model.parameters {
      let analytic = (0..<parameter.value.rows).flatMap { row in
        (0..<parameter.value.columns).map { Double(parameter.gradient(row: row, column: $0)) }
      }
      #expect(analytic.contains { $0 != 0 }, "\(label): \(parameter.name) receives no gradient")
      GradientCheck.check(
        "\(label): \(parameter.name)", base: parameter.value.base, count: parameter.count,
        gradient: analytic
      ) { loss(model, batch, gradient.view) }
    }
  }

  @Test(arguments: paradigms)
  func wholeModelGradientsEqualCentralDifferences(backbone: BackboneKind, paradigm: Paradigm) {
    // A smooth activation: central differences across the kink of ReLU measure the kink.
    checkEveryParameter(
      model(backbone, paradigm) { $0.encoder.activation = .tanh }, "\(backbone) \(paradigm)")
  }

  @Test(arguments: paradigms)
  func gradientsOfSequencesEqualCentralDifferences(backbone: BackboneKind, paradigm: Paradigm) {
    checkEveryParameter(
      model(backbone, paradigm, schema: FieldSchema.sequences) { $0.encoder.activation = .tanh },
      "\(backbone) \(paradigm) of sequences")
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

  @Test(arguments: paradigms)
  func backwardAddsAndZeroGradientsForgets(backbone: BackboneKind, paradigm: Paradigm) {
    let model = model(backbone, paradigm)
    let batch = EncodedBatch.random(rows: 16, schema: model.schema, seed: 5)
    let gradient = Matrix(rows: 16, columns: 1)
    func gradients() -> [Double] {
      _ = loss(model, batch, gradient.view)
      model.backward(gradient.view)
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
    // In float the step is long enough to cross 0, where ReLU has a kink and the slope of ELU has one; the difference
    // across it measures the kink, and normalisation over sixteen rows magnifies the step until ELU's is seen.
    let isBent = [.relu, .prelu].contains(activation) || activation == .elu && normalizing
    guard MemoryLayout<Scalar>.size == 8 || !isBent else { return }
    // A seed whose dropout leaves ELU's inputs clear of 0 by a step of float.
    let seed: UInt64 = MemoryLayout<Scalar>.size == 8 ? 3 : 11
    checkEveryParameter(
      model(.deepfm, .generative, seed: seed) {
        $0.encoder.activation = .tanh
        $0.deep.activation = activation
        $0.deep.batchNormalization = normalizing
        $0.deep.dropout = 0.3
      }, "\(activation), normalizing \(normalizing)")
  }

  @Test(arguments: [BackboneKind.crossnet, .dcnv2], ModelSettings.Head.allCases)
  func crossLayersInEverySetting(backbone: BackboneKind, head: ModelSettings.Head) {
    // In float the step is long enough to cross the kinks of the head's ReLU.
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
}
