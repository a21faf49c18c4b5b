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
    try probe.read { heights.append($0.matrix(at: .embedding)?.rows ?? 0) }
    #expect(heights.count == batchesRead)
    #expect(heights.reduce(0, +) == min(rows, 64))
  }

  @Test func discriminativeOperandsAreTheSameSoEveryDimensionCorrelatesWithItself() throws {
    let probe = ModelProbe(
      run: "fm", model: model(.discriminative), rows: 60, nextBatch: batches(4))
    let found = try probe.analyse(
      .example("fm", .discriminative), AnalysisRequest(redundancy: .init()), pool: pool)
    let result = try #require(found.redundancy)
    #expect(result.rows == 60 && result.fields == schema.map(\.name))
    for index in 0..<12 { expectClose(result.between.correlation[index, index], 1, .exact) }
  }

  @Test(arguments: Paradigm.allCases)
  func collapseReadsTheEncodersOutputAndTheRowsThatTrainingTouched(paradigm: Paradigm) throws {
    let model = model(paradigm)
    model.touchedRows[2].seen[0] = 1
    model.touchedRows[2].seen[4] = 1
    try withFolder { folder in
      let request = AnalysisRequest.Collapse(representations: ["encoder", "tables"]) {
        "\(folder)/\($0).npy"
      }
      let found = try ModelProbe(run: "fm", model: model, rows: 40, nextBatch: batches(4))
        .analyse(.example("fm", paradigm), AnalysisRequest(collapse: request), pool: pool)
      let result = try #require(found.collapse)
      let main = try #require(result.main)
      #expect(result.representations.map(\.name) == ["encoder"])
      #expect(main.rows == 40 && main.dimensions == 12)
      // Fields of few values first: the one that was met comes last.
      #expect(result.fields.map(\.rowsSeen) == [0, 0, 0, 2])
      #expect(result.fields[3].name == schema[2].name)
      #expect(result.fields[3].tableRows == schema[2].rows)
      // Two rows span two of the three dimensions.
      let values = result.fields[3].own.values
      #expect(values[1] > 0 && values[2] <= 1e-15 * values[0])
      let dump = try Data(contentsOf: URL(fileURLWithPath: folder + "/encoder.npy"))
      #expect(dump.count == 128 + 40 * 12 * MemoryLayout<Scalar>.size)
    }
  }

  @Test(arguments: [
    (BackboneKind.fm, ["embedding", "encoder", "interaction"]),
    (.deepfm, ["embedding", "encoder", "interaction", "final"]), (.dnn, ["embedding", "final"]),
    (
      .dcnv2,
      [
        "embedding", "encoder", "encoder.0", "encoder.1", "encoder.2", "interaction",
        "interaction.0", "interaction.1", "interaction.2", "final",
      ]
    ),
    (
      .xdeepfm,
      [
        "embedding", "encoder", "encoder.0", "encoder.1", "interaction", "interaction.0",
        "interaction.1", "final.0", "final.1",
      ]
    ),
  ])
  func everyRepresentationOfABackboneIsAnalysedByName(backbone: BackboneKind, names: [String])
    throws
  {
    let model = model(backbone.hasSource ? .generative : .discriminative, backbone)
    let found = try ModelProbe(run: "run", model: model, rows: 40, nextBatch: batches(4))
      .analyse(.example(), AnalysisRequest(collapse: .init()), pool: pool)
    let result = try #require(found.collapse)
    #expect(result.representations.map(\.name) == names)
    #expect(result.fields.count == schema.count)
  }

  @Test func aRepresentationThatARunHasNotIsRefusedWithThoseItHas() {
    let failure = AnalysisFailure.noSuchRepresentation(
      run: "fm", name: "encoder.1", known: ["tables", "embedding", "encoder", "interaction"])
    #expect(throws: failure) {
      try ModelProbe(run: "fm", model: model(.generative), rows: 9, nextBatch: batches(1)).analyse(
        .example("fm"), AnalysisRequest(collapse: .init(representations: ["encoder.1"])),
        pool: pool)
    }
    #expect(
      failure.description
        == "fm: --representation: found \"encoder.1\", expected one of tables, embedding, encoder, "
        + "interaction")
  }

  @Test func bothAnalysesOfOnePassAreThoseOfTwo() throws {
    func found(_ request: AnalysisRequest) throws -> AnalysisResults {
      try ModelProbe(run: "fm", model: model(.generative), rows: 50, nextBatch: batches(4))
        .analyse(.example(), request, pool: pool)
    }
    let both = try found(AnalysisRequest(collapse: .init(), redundancy: .init()))
    let collapse = try found(AnalysisRequest(collapse: .init()))
    let redundancy = try found(AnalysisRequest(redundancy: .init()))
    #expect(
      both.collapse?.representations.map(\.spectrum)
        == collapse.collapse?.representations.map(\.spectrum))
    #expect(both.redundancy?.between == redundancy.redundancy?.between)
  }

  @Test func aBackboneWithoutInteractionsIsRefused() {
    let failure = AnalysisFailure.noSuchPlace(run: "lr", place: .embedding)
    #expect(throws: failure) {
      try ModelProbe(run: "lr", model: model(.discriminative, .lr), rows: 9, nextBatch: batches(1))
        .analyse(
          .example("lr", .discriminative), AnalysisRequest(collapse: .init()), pool: pool)
    }
    #expect(
      failure.description
        == "lr: its backbone has no embedding; analyse a backbone whose fields interact")
  }

  @Test(arguments: [0, 1])
  func tooFewRowsAreRefused(rows: Int) {
    let failure = AnalysisFailure.tooFewRows(run: "fm", found: rows)
    #expect(throws: failure) {
      try ModelProbe(
        run: "fm", model: model(.generative), rows: 1, nextBatch: rows == 0 ? { nil } : batches(1)
      ).analyse(.example("fm"), AnalysisRequest(collapse: .init()), pool: pool)
    }
    #expect(
      failure.description
        == "fm: found \(rows) rows to analyse, expected at least 2; "
        + "choose another --split or raise --rows")
  }

  @Test func aValueThatIsNotFiniteIsNamedByItsColumn() throws {
    let rows = Matrix.random(9, 6, seed: 1)
    rows[4, 5] = .nan
    let snapshot = Snapshot(rows: 9) { $0 == .left || $0 == .right ? rows.view : nil }
    let pass = try AnalysisPass(
      .example("fm"), AnalysisRequest(redundancy: .init()), run: "fm", fields: ["a", "b"],
      first: snapshot, pool)
    try pass.add(snapshot)
    let failure = AnalysisFailure.notFinite(run: "fm", matrix: "left operand", column: 5)
    #expect(throws: failure) { try pass.finish(tables: []) }
    #expect(
      failure.description
        == "fm: column 5 of the left operand holds a value that is not finite, expected numbers "
        + "alone; has training diverged?")
    withExtendedLifetime(rows) {}
  }
}
