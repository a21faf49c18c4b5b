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

  private func run(
    _ name: String = "fm", _ paradigm: Paradigm = .generative, _ backbone: BackboneKind = .fm
  ) -> AnalysedRun {
    .example(name, paradigm, backbone: backbone, pool: pool)
  }

  /// Batches of 16 rows, each with its own seed.
  private func batches(_ count: Int, _ schema: [FieldSchema]) -> () throws -> EncodedBatch? {
    var given: UInt64 = 0
    return {
      guard given < count else { return nil }
      given += 1
      return EncodedBatch.random(rows: 16, schema: schema, seed: given)
    }
  }

  private func probe(_ run: AnalysedRun, rows: Int, batches count: Int = 4) -> ModelProbe {
    ModelProbe(model: run.model, rows: rows, nextBatch: batches(count, run.model.schema))
  }

  @Test(arguments: [(1, 1), (16, 1), (17, 2), (40, 3), (1000, 4)])
  func readsExactlyTheRequestedRows(rows: Int, batchesRead: Int) throws {
    var heights: [Int] = []
    try probe(run("fm", .discriminative), rows: rows).read {
      heights.append($0.matrix(at: .embedding)?.rows ?? 0)
    }
    #expect(heights.count == batchesRead)
    #expect(heights.reduce(0, +) == min(rows, 64))
  }

  @Test func discriminativeOperandsAreTheSameSoEveryDimensionCorrelatesWithItself() throws {
    let run = run("fm", .discriminative)
    let found = try probe(run, rows: 60).analyse(run, [RedundancyAnalysis().job()])
    let result = try #require(found.redundancy)
    #expect(result.rows == 60 && result.fields == run.model.schema.map(\.name))
    for index in 0..<12 { expectClose(result.between.correlation[index, index], 1, .exact) }
  }

  @Test(arguments: BackboneKind.allCases)
  func everyBackboneWithASourceNamesTheTwoOperandsThatItHas(backbone: BackboneKind) throws {
    let run = run("run", backbone.hasSource ? .generative : .discriminative, backbone)
    try probe(run, rows: 16).read { snapshot in
      let hasOperands = backbone.operands(in: run.description.paradigm) != nil
      #expect(hasOperands == backbone.hasOperands)
      for place in [ProbePoint.left, .right] {
        #expect((snapshot.matrix(at: place) != nil) == hasOperands)
      }
    }
  }

  @Test(arguments: Paradigm.allCases)
  func collapseReadsTheEncodersOutputAndTheTouchedRows(paradigm: Paradigm) throws {
    let run = run("fm", paradigm)
    let schema = run.model.schema
    run.model.touchedRows[2].seen[0] = 1
    run.model.touchedRows[2].seen[4] = 1
    try withFolder { folder in
      let analysis = CollapseAnalysis(representations: ["encoder", "tables"])
      let found = try probe(run, rows: 40).analyse(run, [analysis.job(dumpingInto: folder)])
      let result = try #require(found.collapse)
      let main = try #require(result.main)
      #expect(result.representations.map(\.name) == ["encoder"])
      // Generated for the last field, three dimensions are read by no pair.
      #expect(main.rows == 40 && main.dimensions == (paradigm == .generative ? 9 : 12))
      // In ascending order of cardinality, the only touched field is last.
      #expect(result.fields.map(\.rowsSeen) == [0, 0, 0, 2])
      #expect(result.fields[3].name == schema[2].name)
      #expect(result.fields[3].tableRows == schema[2].rows)
      // Two rows span two of the three dimensions.
      let values = result.fields[3].own.values
      #expect(values[1] > 0 && values[2] <= 1e-15 * values[0])
      let dump = try Data(
        contentsOf: URL(fileURLWithPath: folder + "/representation-encoder.npy"))
      #expect(dump.count == 128 + 40 * main.dimensions * MemoryLayout<Scalar>.size)
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
    let run = run("run", backbone.hasSource ? .generative : .discriminative, backbone)
    let found = try probe(run, rows: 40).analyse(run, [CollapseAnalysis().job()])
    let result = try #require(found.collapse)
    #expect(result.representations.map(\.name) == names)
    #expect(result.fields.count == run.model.schema.count)
  }

  @Test func anUnknownRepresentationIsRefusedWithTheKnownOnes() {
    let failure = AnalysisFailure.noSuchRepresentation(
      run: "fm", name: "encoder.1", known: ["tables", "embedding", "encoder", "interaction"])
    let run = run()
    #expect(throws: failure) {
      try probe(run, rows: 9).analyse(
        run, [CollapseAnalysis(representations: ["encoder.1"]).job()])
    }
    #expect(
      failure.description
        == "fm: --representation: found \"encoder.1\", expected one of tables, embedding, encoder, "
        + "interaction")
  }

  @Test func analysesThatShareAPassFindTheSameAsAlone() throws {
    func found(_ analyses: any ModelAnalysis...) throws -> [any AnalysisResult] {
      let run = run()
      return try probe(run, rows: 50).analyse(run, analyses.map { $0.job() })
    }
    let both = try found(CollapseAnalysis(), RedundancyAnalysis())
    let collapse = try found(CollapseAnalysis()).collapse
    let redundancy = try found(RedundancyAnalysis()).redundancy
    #expect(
      both.collapse?.representations.map(\.spectrum) == collapse?.representations.map(\.spectrum))
    #expect(both.redundancy?.between == redundancy?.between)
    #expect(collapse != nil && redundancy != nil)
  }

  @Test(arguments: [
    (CollapseAnalysis() as any ModelAnalysis, ProbePoint.embedding),
    (RedundancyAnalysis(), .left),
  ])
  func aBackboneWithoutInteractionsIsRefused(analysis: any ModelAnalysis, place: ProbePoint) {
    let failure = AnalysisFailure.noSuchPlace(run: "lr", place: place)
    let run = run("lr", .discriminative, .lr)
    #expect(throws: failure) { try probe(run, rows: 9).analyse(run, [analysis.job()]) }
    #expect(
      failure.description
        == "lr: its backbone has no \(place); analyse a backbone whose fields interact")
  }

  @Test(arguments: [0, 1])
  func tooFewRowsAreRefused(rows: Int) {
    let failure = AnalysisFailure.tooFewRows(run: "fm", found: rows)
    let run = run()
    #expect(throws: failure) {
      try probe(run, rows: 1, batches: rows).analyse(run, [CollapseAnalysis().job()])
    }
    #expect(
      failure.description
        == "fm: found \(rows) rows to analyse, expected at least 2; "
        + "choose another --split or raise --rows")
  }

  @Test func theColumnOfANonFiniteValueIsReported() throws {
    let rows = Matrix.random(9, 6, seed: 1)
    rows[4, 5] = .nan
    let snapshot = Snapshot.of(rows: 9) { $0 == .left || $0 == .right ? rows.view : nil }
    let pass = try SharedPass(run(), [RedundancyAnalysis().job()], first: snapshot)
    try pass.add(snapshot)
    let failure = AnalysisFailure.notFinite(run: "fm", matrix: "embedding", column: 5)
    #expect(throws: failure) { try pass.finish() }
    #expect(
      failure.description
        == "fm: column 5 of the embedding contains a non-finite value, expected finite numbers; "
        + "has training diverged?")
    withExtendedLifetime(rows) {}
  }
}
