import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// One model that the settings allow.
struct Combination: CustomStringConvertible, Sendable {
  let backbone: BackboneKind
  let paradigm: Paradigm
  let encoder: EncoderChoice
  let target: TargetKind
  var description: String { "\(backbone) \(paradigm), \(encoder), target \(target)" }

  /// Every backbone in every paradigm with every encoder and every target.
  static func all(_ backbone: BackboneKind) -> [Combination] {
    let targets = TargetKind.allCases.filter { backbone.suits($0) }
    let raw = targets.map {
      Combination(
        backbone: backbone, paradigm: .discriminative, encoder: EncoderTests.choices[0], target: $0)
    }
    guard backbone.hasSource else { return raw }
    return raw
      + EncoderTests.choices.filter { backbone.suits($0.source) }.flatMap { encoder in
        targets.map {
          Combination(backbone: backbone, paradigm: .generative, encoder: encoder, target: $0)
        }
      }
  }

  /// The model for batches of up to `capacity` rows, with weights large enough for every part to
  /// matter.
  func model(capacity: Int) -> CTRModel {
    CTRModel.tiny(backbone, paradigm, capacity: capacity) {
      encoder.apply(to: &$0.encoder)
      // PReLU after the ReLU that ends self-attention is refused: no gradient would reach its
      // slope.
      $0.encoder.activation = encoder.kind == .selfAttention ? .tanh : .prelu
      $0.encoder.residual = backbone == .dcnv2
      $0.encoder.attentionDropout = 0
      $0.target = target
      $0.targetFields = 2
      $0.embeddingDimension = 4
      $0.deep.activation = .prelu
      $0.head = backbone == .dcnv2 ? .linear : .mlp
      $0.crossBias = true
    }.randomized(deviation: 0.4)
  }
}

/// What holds for every combination of backbone, paradigm, encoder and target.
@Suite struct CombinationTests {
  /// Logits and every gradient, by name, of a training step.
  private func step(
    _ model: CTRModel, _ batch: EncodedBatch, number: Int = 4
  ) -> [(name: String, values: [Double])] {
    defer { model.zeroGradients() }
    return [("logits", model.step(batch, number: number).logits)] + model.gradients
  }

  @Test(arguments: BackboneKind.allCases)
  func everyParameterReceivesAGradient(backbone: BackboneKind) {
    let batch = EncodedBatch.random(rows: 32, schema: FieldSchema.mixed(fields: 5), seed: 5)
    for combination in Combination.all(backbone) {
      let model = combination.model(capacity: 32)
      // A step may draw no field that the last encoder generates; eight steps draw some.
      var reached: Set<String> = []
      for number in 1...8 {
        for (name, values) in step(model, batch, number: number) {
          #expect(values.allSatisfy { $0.isFinite }, "\(combination): \(name)")
          if values.contains(where: { $0 != 0 }) { reached.insert(name) }
        }
      }
      for parameter in model.parameters {
        #expect(reached.contains(parameter.name), "\(combination): \(parameter.name)")
      }
    }
  }

  /// Scratch that is sized for a full batch, and holds one, gives the same as scratch of the
  /// batch's size.
  @Test(arguments: BackboneKind.allCases)
  func aShortBatchAfterAFullOneIsComputedAsInAModelOfItsSize(backbone: BackboneKind) {
    let schema = FieldSchema.mixed(fields: 5)
    let full = EncodedBatch.random(rows: 96, schema: schema, seed: 5)
    for rows in [1, 13] {
      let short = EncodedBatch.random(rows: rows, schema: schema, seed: 6)
      for combination in Combination.all(backbone) {
        // One row is normalised by the running statistics, which the full batch has changed.
        guard rows > 1 || combination.encoder.kind != .stacked else { continue }
        let large = combination.model(capacity: 96)
        _ = step(large, full)
        let actual = step(large, short)
        for (one, other) in zip(actual, step(combination.model(capacity: rows), short)) {
          expectClose(
            one.values, other.values, .rounding, "\(combination): \(one.name), \(rows) rows")
        }
      }
    }
  }

  /// Names are distinct, and everything that prediction needs is in the file.
  @Test(arguments: BackboneKind.allCases)
  func aCheckpointRoundTripGivesTheSameBits(backbone: BackboneKind) throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let batch = EncodedBatch.random(rows: 9, schema: FieldSchema.mixed(fields: 5), seed: 6)
    for combination in Combination.all(backbone)
    where combination.target != .all || combination.encoder.kind != .fieldWise {
      let path = "\(folder.path)/best.safetensors"
      let (saved, loaded) = (combination.model(capacity: 16), combination.model(capacity: 16))
      for parameter in loaded.parameters { parameter.value.view.fill(0.5) }
      _ = step(saved, batch)
      try Checkpoint.save(saved, metadata: [:], to: path)
      try Checkpoint.load(into: loaded, from: path)
      for (one, other) in zip(saved.parameters, loaded.parameters) {
        #expect(one.value.view.elements == other.value.view.elements, "\(combination): \(one.name)")
      }
      #expect(saved.logits(batch) == loaded.logits(batch), "\(combination)")
    }
  }

  @Test(arguments: BackboneKind.allCases)
  func aRowsLogitDoesNotDependOnTheRowsBesideIt(backbone: BackboneKind) {
    let schema = FieldSchema.mixed(fields: 5)
    let batch = EncodedBatch.random(rows: 9, schema: schema, seed: 6)
    let single = EncodedBatch(capacity: 1, schema: schema)
    single.rows = 1
    for combination in Combination.all(backbone) {
      let model = combination.model(capacity: 16)
      let together = model.logits(batch)
      let alone = (0..<9).map { row in
        for field in schema.indices {
          single.ids(field)[0] = batch.ids(field)[row]
          if let values = single.values(field), let from = batch.values(field) {
            values[0] = from[row]
          }
        }
        return model.logits(single)[0]
      }
      let tolerance =
        MemoryLayout<Scalar>.size == 8
        ? Tolerance.rounding : Tolerance(absolute: 1e-3, relative: 1e-4)
      expectClose(alone, together, tolerance, "\(combination)")
    }
  }
}
