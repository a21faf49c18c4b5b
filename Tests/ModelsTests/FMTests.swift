import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

@Suite struct FMTests {
  private func parameter(_ name: String, of model: CTRModel) throws -> Parameter {
    try #require(model.parameters.first { $0.name == name })
  }

  /// ½(‖Σv‖² − Σ‖v‖²) + b + Σw of one row, in double, from the tables alone.
  private func closedForm(_ model: CTRModel, _ batch: EncodedBatch, row: Int) throws -> Double {
    var logit = Double(try parameter("first_order.bias", of: model).value[0, 0])
    var sum = [Double](repeating: 0, count: 4)
    var squares = 0.0
    for (field, description) in model.schema.enumerated() {
      let id = Int(batch.ids(field)[row])
      let value = Double(batch.values(field)?[row] ?? 1)
      let table = try parameter("embedding.\(description.name).weight", of: model)
      let weights = try parameter("first_order.\(description.name).weight", of: model)
      logit += value * Double(weights.value[id, 0])
      for k in 0..<4 {
        let element = value * Double(table.value[id, k])
        sum[k] += element
        squares += element * element
      }
    }
    return logit + (sum.reduce(0) { $0 + $1 * $1 } - squares) / 2
  }

  @Test func discriminativeEqualsTheClosedForm() throws {
    var settings = ModelSettings()
    settings.embeddingDimension = 4
    let model = CTRModel(
      schema: FieldSchema.mixed(fields: 7), settings: settings, batchCapacity: 9, seed: 1,
      pool: WorkerPool(threads: 2))
    for (index, parameter) in model.parameters.enumerated() {
      let values = Matrix.random(parameter.value.rows, parameter.value.columns, seed: UInt64(index))
      parameter.value.view.copy(from: values.view)
    }
    let batch = EncodedBatch.random(rows: 9, schema: model.schema, seed: 2)
    let expected = try (0..<9).map { try closedForm(model, batch, row: $0) }
    expectClose(model.forward(batch).doubles, expected, .rounding)
  }

  @Test func anIdentityEncoderGivesTheDiscriminativeModel() throws {
    let schema = FieldSchema.mixed(fields: 5)
    let models = Paradigm.allCases.map { paradigm in
      var settings = ModelSettings()
      settings.paradigm = paradigm
      settings.embeddingDimension = 3
      settings.encoder.activation = .linear
      return CTRModel(
        schema: schema, settings: settings, batchCapacity: 8, seed: 4, pool: WorkerPool(threads: 1))
    }
    let weight = try parameter("encoder.weight", of: models[1]).value
    weight.view.fill(0)
    for index in 0..<weight.rows { weight[index, index] = 1 }
    let batch = EncodedBatch.random(rows: 8, schema: schema, seed: 5)
    // A model's logits live in the model: keep both until they have been compared.
    withExtendedLifetime(models) {
      expectClose(models[1].forward(batch).doubles, models[0].forward(batch).doubles, .rounding)
    }
  }

  /// FM without embeddings side by side, against FM on them beside a first-order term: the same
  /// logits to the bit, the same gradients, added to what was there.
  @Test(arguments: [1, 2, 7], [1, 4, 10, 19])
  func fieldByFieldEqualsRowByRow(fields: Int, dimension: Int) throws {
    let builder = ModelBuilder.test(batch: 40, fields: fields, dimension: dimension)
    let tables = EmbeddingLayer(
      builder.context.scoped("embedding"), builder.fields, dimension: dimension)
    let firstOrder = FirstOrderTerm(builder.context.scoped("first_order"), builder.fields)
    let parameters = builder.context.parameters
    for (index, parameter) in parameters.enumerated() { parameter.randomize(seed: UInt64(index)) }
    let batch = EncodedBatch.random(rows: 37, schema: builder.schema, seed: 6)
    let gradient = Matrix.random(37, 1, seed: 7)
    func run(
      _ interaction: Interaction, beside linear: LinearTerm?
    ) -> (logits: [Scalar], gradients: [[Double]]) {
      let logits = Matrix.random(37, 1, seed: 8)
      let pass = Pass.training(step: 1)
      for (field, touched) in builder.fields.touchedRows.enumerated() {
        touched.clear()
        touched.find(batch.ids(field), count: batch.rows)
      }
      for parameter in parameters {
        parameter.fetchTouchedValues()
        parameter.gradient.view.fill(0.5)
      }
      _ = interaction.embed(batch, pass)
      linear?.forward(batch, nil, pass, addingTo: logits.view)
      interaction.forward(pass, addingTo: logits.view)
      _ = interaction.beginBackward()
      linear?.backward(batch, gradient.view, addingTo: nil)
      interaction.backward(gradient.view)
      return (
        logits.view.elements,
        parameters.map { $0.gradient.view.rows(0..<($0.touched?.count ?? 1)).doubles }
      )
    }
    let fieldByField = run(FieldwiseFM(tables, firstOrder, FM(builder), builder), beside: nil)
    let rowByRow = run(
      EmbeddedInteraction(tables, nil, FM(builder), builder), beside: firstOrder)
    #expect(fieldByField.logits == rowByRow.logits)
    for (index, expected) in rowByRow.gradients.enumerated() {
      expectClose(fieldByField.gradients[index], expected, .rounding, parameters[index].name)
    }
  }

  /// A weight that is stored behind its vector, where an evaluation sums both as one, against a
  /// weight elsewhere: the same bits in evaluation and training, whatever the previous pass left
  /// behind.
  @Test(arguments: [1, 4, 7, 8, 9, 10, 11, 12, 16], [1, 2])
  func aWeightBehindItsVectorIsAWeight(dimension: Int, moments: Int) {
    func results(_ history: @escaping RowHistory) -> [[Double]] {
      var settings = ModelSettings()
      settings.embeddingDimension = dimension
      let model = CTRModel(
        schema: FieldSchema.mixed(fields: 5), settings: settings, batchCapacity: 40, seed: 1,
        rowHistory: history, pool: WorkerPool(threads: 2))
      for (index, parameter) in model.parameters.enumerated() {
        let (rows, columns) = (parameter.value.rows, parameter.value.columns)
        let values = Matrix.random(rows, columns, seed: UInt64(index))
        withExtendedLifetime(values) { parameter.value.view.copy(from: values.view) }
        parameter.storage?.history?.fill(7)
      }
      let gradient = Matrix.random(37, 1, seed: 7)
      return (0..<4).flatMap { turn in
        let batch = EncodedBatch.random(rows: 37, schema: model.schema, seed: UInt64(turn))
        let pass = turn % 2 == 0 ? Pass.evaluation : .training(step: turn)
        let logits = model.forward(batch, pass).doubles
        model.backward(gradient.view)
        defer { model.zeroGradients() }
        return [logits]
          + model.parameters.map { $0.gradient.view.rows(0..<($0.touched?.count ?? 1)).doubles }
      }
    }
    let behind = results { moments * $0 }
    let elsewhere = results(noRowHistory)
    #expect(behind.count == elsewhere.count)
    for (behind, elsewhere) in zip(behind, elsewhere) { #expect(behind == elsewhere) }
  }

  @Test func fieldByFieldServesFieldsOfOneValueOnRawEmbeddings() {
    func isFieldwise(
      _ schema: [FieldSchema]? = nil, _ change: (inout ModelSettings) -> Void = { _ in }
    ) -> Bool {
      ModelBuilder.test(batch: 4, fields: 5, dimension: 3, schema: schema, change)
        .terms(writesEmbeddings: false).interaction is FieldwiseFM
    }
    #expect(isFieldwise())
    #expect(!isFieldwise(FieldSchema.sequences))
    #expect(!isFieldwise { $0.paradigm = .generative })
    #expect(!isFieldwise { $0.backbone = .deepfm })
    #expect(!isFieldwise { $0.target = .fieldMasked })
  }
}
