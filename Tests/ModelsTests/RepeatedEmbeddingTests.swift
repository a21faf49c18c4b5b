import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Models whose layers multiply each row of a small table once, against models whose tables are too
/// large for that.
@Suite struct RepeatedEmbeddingTests {
  private static let rows = 40

  private static func schema(tableRows: Int) -> [FieldSchema] {
    [
      FieldSchema(name: "a", kind: .category, rows: tableRows),
      FieldSchema(name: "I", kind: .value, rows: 2),
      FieldSchema(name: "large", kind: .category, rows: RepeatedEmbeddings.maxRows + 1),
      FieldSchema(name: "G", kind: .sequence, rows: 7, maxValues: 3),
      FieldSchema(name: "b", kind: .category, rows: tableRows),
    ]
  }

  private func model(
    _ backbone: BackboneKind, _ paradigm: Paradigm, tableRows: Int,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    settings.embeddingDimension = 5
    settings.deep.hiddenUnits = [9, 4]
    settings.head = .linear
    settings.crossLayers = 2
    settings.cinHiddenUnits = [4, 3]
    // Few rectifiers, so that no input of one is as small as a rounding error.
    settings.wukong = ModelSettings.tiny(backbone).wukong
    change(&settings)
    let model = CTRModel(
      schema: Self.schema(tableRows: tableRows), settings: settings, batchCapacity: Self.rows,
      seed: 3, pool: WorkerPool(threads: 2))
    for (index, parameter) in model.parameters.enumerated() {
      let random = CounterRandom(seed: UInt64(index), stream: 6)
      for row in 0..<min(parameter.value.rows, Self.smallTable) {
        for column in 0..<parameter.value.columns {
          parameter.value[row, column] = Scalar(
            0.3 * random.normal(UInt64(row * parameter.value.columns + column)))
        }
      }
    }
    return model
  }

  /// Ids are below this in every field, so that a large table serves for a small one.
  private static let smallTable = 12

  private func batch(seed: UInt64) -> EncodedBatch {
    let drawn = Self.schema(tableRows: Self.smallTable).map {
      FieldSchema(
        name: $0.name, kind: $0.kind, rows: min($0.rows, Self.smallTable),
        maxValues: $0.maxValues)
    }
    return .random(rows: Self.rows, schema: drawn, seed: seed)
  }

  /// The logits of a pass, and every gradient, by name; of a table, of the rows that the batch may
  /// touch.
  private func numbers(
    _ model: CTRModel, _ pass: Pass, seed: UInt64 = 8
  ) -> [(String, [Double])] {
    let batch = batch(seed: seed)
    let logits = model.forward(batch, pass).doubles
    let gradient = Matrix(rows: batch.rows, columns: 1)
    for row in 0..<batch.rows { gradient[row, 0] = Scalar(logits[row] - 0.5) }
    model.backward(gradient.view)
    defer { model.zeroGradients() }
    return [("logits", logits)]
      + model.parameters.map { parameter in
        let rows = parameter.touched == nil ? parameter.value.rows : Self.smallTable
        return (
          parameter.name,
          (0..<min(rows, parameter.value.rows)).flatMap { row in
            (0..<parameter.value.columns).map {
              Double(parameter.gradient(row: row, column: $0))
            }
          }
        )
      }
  }

  @Test(arguments: ModelSettings.variants)
  func aModelOfSmallTablesIsTheModelOfLargeOnes(backbone: BackboneKind, paradigm: Paradigm) {
    let small = numbers(
      model(backbone, paradigm, tableRows: Self.smallTable), .training(step: 1))
    let large = numbers(
      model(backbone, paradigm, tableRows: RepeatedEmbeddings.maxRows + 1), .training(step: 1))
    for (small, large) in zip(small, large) {
      #expect(small.0 == large.0)
      // A normalisation cancels this bias, so that its gradient is the sum of rounding errors.
      guard small.0 != "wukong.0.residual.bias" else { continue }
      let largest = large.1.reduce(1e-3) { max($0, abs($1)) }
      expectClose(
        small.1.map { $0 / largest }, large.1.map { $0 / largest }, .rounding,
        "\(backbone), \(paradigm): \(small.0)")
    }
  }

  /// An evaluation touches nothing, and finds the rows that repeat by itself.
  @Test(arguments: ModelSettings.variants)
  func anEvaluationHasTheBitsOfATrainingPass(backbone: BackboneKind, paradigm: Paradigm) {
    let model = model(backbone, paradigm, tableRows: Self.smallTable)
    let (trained, evaluated) = (numbers(model, .training(step: 1)), numbers(model, .evaluation))
    for (trained, evaluated) in zip(trained, evaluated) {
      #expect(trained.1 == evaluated.1, "\(backbone), \(paradigm): \(trained.0)")
    }
    #expect(numbers(model, .training(step: 2)).map(\.1) == trained.map(\.1), "and once more")
  }

  @Test(arguments: ModelSettings.variants)
  func aBatchKeepsNothingOfTheOneBefore(backbone: BackboneKind, paradigm: Paradigm) {
    let used = model(backbone, paradigm, tableRows: Self.smallTable)
    _ = numbers(used, .training(step: 1), seed: 9)
    let fresh = model(backbone, paradigm, tableRows: Self.smallTable)
    for (used, fresh) in zip(
      numbers(used, .training(step: 2)), numbers(fresh, .training(step: 2)))
    {
      #expect(used.1 == fresh.1, "\(backbone), \(paradigm): \(used.0)")
    }
  }

  /// A mask stands between the embeddings and a layer in training, and not in an evaluation.
  @Test func whatAMaskHidesIsNotTakenForTheEmbeddings() {
    func masked(_ tableRows: Int) -> [(String, [Double])] {
      numbers(
        model(.deepfm, .generative, tableRows: tableRows) {
          $0.target = .masked
          $0.targetFields = 2
        }, .training(step: 1))
    }
    for (small, large) in zip(masked(Self.smallTable), masked(RepeatedEmbeddings.maxRows + 1)) {
      let largest = large.1.reduce(1e-3) { max($0, abs($1)) }
      expectClose(
        small.1.map { $0 / largest }, large.1.map { $0 / largest }, .rounding, small.0)
    }
  }

  @Test func fieldsOfOneValueAndFewRowsRepeatThem() {
    #expect(
      Self.schema(tableRows: RepeatedEmbeddings.maxRows).map(RepeatedEmbeddings.repeats) == [
        true, true, false, false, true,
      ])
    func isThere(_ backbone: BackboneKind, _ schema: [FieldSchema]) -> Bool {
      let builder = ModelBuilder.test(batch: 8, fields: 0, dimension: 3, schema: schema) {
        $0.backbone = backbone
        $0.deep.hiddenUnits = [4]
      }
      _ = backbone.type(builder.settings)?.init(builder)
      let layer = EmbeddingLayer(
        builder.context.scoped("embedding"), builder.fields, dimension: 3)
      return RepeatedEmbeddings(builder.context, builder.fields, layer.tables) != nil
    }
    #expect(isThere(.dnn, FieldSchema.mixed(fields: 4)))
    #expect(!isThere(.fm, FieldSchema.mixed(fields: 4)), "no layer reads the embeddings")
    #expect(
      !isThere(.dnn, [FieldSchema(name: "a", kind: .category, rows: 20_000)]), "no small table")
  }
}
