import ClickData
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

/// The attainable rank is the rank that a model with random weights has.
@Suite struct AttainableRankTests {
  private static let dimension = 4
  /// Fields of 1, 2, 3, 5 and 9 values, a number, and a sequence.
  private static let schema =
    [1, 2, 3, 5, 9].enumerated().map {
      FieldSchema(name: "c\($0)", kind: .category, rows: $1)
    } + [
      FieldSchema(name: "v", kind: .value, rows: 2),
      FieldSchema(name: "s", kind: .sequence, rows: 6, maxValues: 3),
    ]

  private func model(
    _ paradigm: Paradigm, _ change: (inout ModelSettings) -> Void = { _ in }
  ) -> CTRModel {
    CTRModel.tiny(.fm, paradigm, schema: Self.schema, capacity: 400) {
      $0.embeddingDimension = Self.dimension
      $0.encoder.activation = .tanh
      $0.encoder.gamma = 1
      change(&$0)
    }.randomized(deviation: 0.7) { _ in true }
  }

  private func result(_ model: CTRModel, centring: Centring = .covariance) throws -> CollapseResult
  {
    let run = AnalysedRun(
      .example("run", model.settings.paradigm), folder: "run", model: model, pool: model.pool)
    var batches = (1...3).map { EncodedBatch.random(rows: 200, schema: Self.schema, seed: $0) }
    let probe = ModelProbe(model: model, rows: 1000) { batches.popLast() }
    let found = try probe.analyse(
      run, [CollapseAnalysis(representations: [], centring: centring).job()])
    return try #require(found.collapse)
  }

  private func place(_ name: String, _ result: CollapseResult) throws -> RepresentationSpectrum {
    try #require(result.representations.first { $0.name == name })
  }

  /// k − 1 directions per field of k values, a number and where it is missing, one per value of a
  /// sequence.
  @Test(arguments: [Centring.covariance, .raw])
  func embeddingsLoseNothingBeyondWhatTheirFieldsAllow(centring: Centring) throws {
    let found = try result(model(.discriminative), centring: centring)
    for name in ["embedding", "encoder"] {
      let place = try place(name, found)
      let bound = 0 + 1 + 2 + 4 + 4 + 2 + 4
      #expect(place.attainable == (centring == .raw ? bound + 1 : bound), "\(name)")
      #expect(place.dimensions - place.deadDimensions == place.attainable, "\(name)")
      #expect(place.lostDimensions == 0 && place.deadDimensions > 0, "\(name)")
    }
  }

  @Test func aTableOfRankOneIsLostBeyondTheBound() throws {
    let model = model(.discriminative)
    let table = try #require(model.parameter("embedding.c4.weight"))
    for row in 0..<9 {
      for column in 1..<Self.dimension { table.value[row, column] = table.value[row, 0] }
    }
    #expect(try place("embedding", result(model)).lostDimensions == 3)
  }

  /// What is generated from all fields may use every dimension; from the own field, as many as it
  /// has values less one.
  @Test(arguments: [
    (EncoderKind.fieldWise, EncoderSource.all, false, 24),
    (.fieldWise, .own, false, 0 + 1 + 2 + 4 + 4 + 4),
    (.fieldShared, .all, false, 4),
    (.fieldShared, .all, true, 4 + 0 + 1 + 2 + 4 + 4 + 2),
  ])
  func generatedVectorsHaveTheBoundOfTheirEncoder(
    kind: EncoderKind, source: EncoderSource, residual: Bool, bound: Int
  ) throws {
    let found = try result(
      model(.generative) {
        ($0.encoder.kind, $0.encoder.source, $0.encoder.residual) = (kind, source, residual)
      })
    let place = try place("encoder", found)
    #expect(place.dimensions == 24 && place.attainable == bound)
    #expect(place.dimensions - place.deadDimensions <= bound)
  }

  @Test func fieldsThatAGroupEncoderLeavesRawKeepTheirBound() throws {
    let found = try result(
      model(.generative) {
        ($0.encoder.source, $0.encoder.sourceFields) = (.highCardinality, 2)
      })
    // Generated are the fields of nine values and the sequence, which no pair reads.
    #expect(try place("encoder", found).attainable == 0 + 1 + 2 + 4 + 4 + 2)
  }
}
