import ClickData
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Models

/// Fields with several values per row, compared with explicit sums and with fields of one value.
@Suite struct SequenceFieldTests {
  private func model(
    _ backbone: BackboneKind, schema: [FieldSchema], rows: Int, threads: Int = 2,
    _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    CTRModel.tiny(backbone, schema: schema, capacity: rows, threads: threads, change).randomized()
  }

  /// `Σ weight · E[id]` of one row and field, in double.
  private func vector(
    _ table: Parameter, _ batch: EncodedBatch, field: Int, row: Int
  ) -> [Double] {
    (0..<table.value.columns).map { column in
      batch.lookups(field: field, row: row).reduce(0) {
        $0 + $1.weight * Double(table.value[$1.id, column])
      }
    }
  }

  @Test(arguments: [1, 2, 7, 300])
  func embeddingsAreWeightedSums(rows: Int) throws {
    let schema = FieldSchema.sequences
    let model = model(.fm, schema: schema, rows: rows)
    let batch = EncodedBatch.random(rows: rows, schema: schema, seed: 8)
    _ = model.forward(batch)
    let found = try #require(model.matrix(at: .embedding)).doubles
    let expected = (0..<rows).flatMap { row in
      schema.indices.flatMap { vector(model.parameters[$0], batch, field: $0, row: row) }
    }
    withExtendedLifetime(model) { expectClose(found, expected, .rounding) }
  }

  @Test(arguments: [1, 2, 7, 300])
  func firstOrderTermsAreWeightedSums(rows: Int) throws {
    let schema = FieldSchema.sequences
    let model = model(.lr, schema: schema, rows: rows)
    let batch = EncodedBatch.random(rows: rows, schema: schema, seed: 8)
    let bias = Double(try #require(model.parameters.last).value[0, 0])
    let expected = (0..<rows).map { row in
      schema.indices.reduce(bias) {
        $0 + vector(model.parameters[$1], batch, field: $1, row: row)[0]
      }
    }
    expectClose(model.forward(batch).doubles, expected, .rounding)
  }

  /// A field's single value may be written as a sequence: every number has the same bits, except
  /// for FM's gradients, whose terms are added in another order, and for layers that read the
  /// embeddings, which multiply each row of a field's small table once.
  @Test(arguments: BackboneKind.allCases)
  func aSequenceOfOneValueIsAField(backbone: BackboneKind) {
    let single = FieldSchema.categories([9, 4])
    let sequences = single.map {
      FieldSchema(name: $0.name, kind: .sequence, rows: $0.rows, maxValues: 1)
    }
    let rows = 33
    let batch = EncodedBatch.random(rows: rows, schema: single, seed: 4)
    let other = EncodedBatch(capacity: rows, schema: sequences)
    other.rows = rows
    for field in single.indices {
      guard let sequence = other.sequence(field) else { continue }
      for row in 0..<rows {
        let value = (id: batch.ids(field)[row], weight: Float(1))
        other.set([value], field: field, row: row, in: sequence)
      }
    }
    let numbers = [(single, batch), (sequences, other)].map { schema, batch in
      trained(model(backbone, schema: schema, rows: rows), batch)
    }
    switch backbone {
    case .lr, .fwfm, .fmfm, .ipnn: #expect(numbers[0] == numbers[1])
    case .fm:
      #expect(numbers[0].prefix(rows) == numbers[1].prefix(rows))
      expectClose(numbers[0], numbers[1], .rounding)
    case .dnn, .deepfm, .nfm, .crossnet, .dcnv2, .dcnv2Stacked, .dcnv2StackedParallel, .xdeepfm,
      .wukong, .rankmixer, .rankelastor:
      let largest = numbers[0].reduce(0) { max($0, abs($1)) }
      expectClose(numbers[0].map { $0 / largest }, numbers[1].map { $0 / largest }, .rounding)
    }
  }

  /// Logits and gradients of one pass.
  private func trained(_ model: CTRModel, _ batch: EncodedBatch) -> [Double] {
    let logits = model.forward(batch, .training(step: 1)).doubles
    let gradient = Matrix(rows: batch.rows, columns: 1)
    for row in 0..<batch.rows { gradient[row, 0] = Scalar(logits[row] - 0.5) }
    model.backward(gradient.view)
    return logits + model.parameters.flatMap { $0.gradient.view.doubles }
  }

  @Test func sequencesHaveTheSameBitsForOneToFourThreads() {
    let schema = FieldSchema.sequences
    let batch = EncodedBatch.random(rows: 700, schema: schema, seed: 8)
    for backbone in [BackboneKind.lr, .fwfm, .deepfm] {
      let numbers = (1...4).map {
        trained(model(backbone, schema: schema, rows: 700, threads: $0), batch)
      }
      for threads in 2...4 { #expect(numbers[threads - 1] == numbers[0], "\(threads) threads") }
    }
  }

  /// A lazy update visits the values of the batch's rows, not the capacity for more.
  @Test func theRowsTouchedAreThoseOfTheValues() {
    let schema = FieldSchema.sequences
    let model = model(.fm, schema: schema, rows: 5)
    let batch = EncodedBatch.random(rows: 5, schema: schema, seed: 1)
    _ = trained(model, batch)
    for field in schema.indices {
      let touched = model.touchedRows[field]
      let expected = Set((0..<5).flatMap { batch.lookups(field: field, row: $0).map(\.id) })
      #expect(Set((0..<touched.count).map { Int(touched.rows[$0]) }) == expected)
    }
  }
}
