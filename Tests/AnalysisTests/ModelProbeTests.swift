import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct ModelProbeTests {
  private let pool = WorkerPool(threads: 2)
  private let schema = FieldSchema.mixed(fields: 4)

  private func model(_ paradigm: Paradigm, _ backbone: BackboneKind = .fm) -> CTRModel {
    var settings = ModelSettings()
    settings.backbone = backbone
    settings.paradigm = paradigm
    settings.embeddingDimension = 3
    return CTRModel(schema: schema, settings: settings, batchCapacity: 16, seed: 1, pool: pool)
  }

  /// Batches of 16 rows, told apart by their seeds.
  private func batches(_ count: Int) -> () throws -> EncodedBatch? {
    var given: UInt64 = 0
    return { [schema] in
      guard given < count else { return nil }
      given += 1
      return EncodedBatch.random(rows: 16, schema: schema, seed: given)
    }
  }

  @Test(arguments: [(1, 1), (16, 1), (17, 2), (40, 3), (1000, 4)])
  func readsExactlyTheRowsAskedFor(rows: Int, batchesRead: Int) throws {
    var heights: [Int] = []
    let probe = ModelProbe(
      run: "fm", model: model(.discriminative), rows: rows, nextBatch: batches(4))
    try probe.read([.embedding]) { heights.append($0[0].rows) }
    #expect(heights.count == batchesRead)
    #expect(heights.reduce(0, +) == min(rows, 64))
  }

  @Test func discriminativeOperandsAreTheSameSoEveryDimensionCorrelatesWithItself() throws {
    let probe = ModelProbe(
      run: "fm", model: model(.discriminative), rows: 60, nextBatch: batches(4))
    let result = try probe.redundancy(of: .example("fm", .discriminative), pool: pool)
    #expect(result.rows == 60 && result.fields == schema.map(\.name))
    for index in 0..<12 { expectClose(result.correlation[index, index], 1, .exact) }
  }

  @Test(arguments: Paradigm.allCases)
  func collapseReadsTheEncodersOutputAndTheRowsThatTrainingTouched(paradigm: Paradigm) throws {
    let model = model(paradigm)
    model.touchedRows[2].seen[0] = 1
    model.touchedRows[2].seen[4] = 1
    try withFolder { folder in
      let result = try ModelProbe(run: "fm", model: model, rows: 40, nextBatch: batches(4))
        .collapse(of: .example("fm", paradigm), pool: pool, dump: folder + "/rows.npy")
      #expect(result.rows == 40 && result.dimensions == 12)
      #expect(result.fields.map(\.rowsSeen) == [0, 0, 2, 0])
      #expect(result.fields.map(\.tableRows) == schema.map(\.rows))
      // Two rows span two of the three dimensions.
      let values = result.fields[2].spectrum.values
      #expect(values[1] > 0 && values[2] <= 1e-15 * values[0])
      let dump = try Data(contentsOf: URL(fileURLWithPath: folder + "/rows.npy"))
      #expect(dump.count == 128 + 40 * 12 * MemoryLayout<Scalar>.size)
    }
  }

  @Test func aBackboneWithoutInteractionsIsRefused() {
    let failure = AnalysisFailure.noSuchPlace(run: "lr", place: .encoder(0))
    #expect(throws: failure) {
      try ModelProbe(run: "lr", model: model(.discriminative, .lr), rows: 9, nextBatch: batches(1))
        .collapse(of: .example("lr", .discriminative), pool: pool)
    }
    #expect(
      failure.description
        == "lr: its backbone has no encoder.0 representation; "
        + "analyse a backbone whose fields interact")
  }

  @Test(arguments: [0, 1])
  func tooFewRowsAreRefused(rows: Int) {
    let failure = AnalysisFailure.tooFewRows(run: "fm", found: rows)
    #expect(throws: failure) {
      try ModelProbe(
        run: "fm", model: model(.generative), rows: 1, nextBatch: rows == 0 ? { nil } : batches(1)
      ).collapse(of: .example("fm"), pool: pool)
    }
    #expect(
      failure.description
        == "fm: found \(rows) rows to analyse, expected at least 2; "
        + "choose another --split or raise --rows")
  }

  @Test func aValueThatIsNotFiniteIsNamedByItsFieldAndDimension() throws {
    let rows = Matrix.random(9, 6, seed: 1)
    rows[4, 5] = .nan
    let analysis = try RedundancyAnalysis(
      run: .example("fm"), fields: ["a", "b"], operands: .embedding(.generative), columns: 6,
      pool: pool)
    let left = Matrix.random(9, 6, seed: 2)
    try withExtendedLifetime((left, rows)) { try analysis.add(left: left.view, right: rows.view) }
    let failure = AnalysisFailure.notFinite(
      run: "fm", matrix: "generated embedding", field: "b", dimension: 2)
    #expect(throws: failure) { try analysis.finish() }
    #expect(
      failure.description
        == "fm: the generated embedding of field b, dimension 2, holds a value that is not finite, "
        + "expected numbers alone; has training diverged?")
  }
}
