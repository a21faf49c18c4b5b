import ClickData
import Cluster
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// A step that several ranks compute, each its pieces of the batch, against that of one process.
@Suite struct RankGradientTests {
  /// What a step leaves behind, as bits.
  private struct Outcome: Equatable, Sendable {
    var logits: [Scalar] = []
    var loss = 0.0
    var gradients: [[Scalar]] = []
    var statistics: [[Scalar]] = []
  }

  private func outcome(
    _ collectives: any Collectives, rows: [Int], _ make: (BatchShare) -> CTRModel
  ) throws -> Outcome {
    let sums = RankSums(collectives)
    let model = make(BatchShare(sums)).randomized()
    let exchange = GradientExchange(model, collectives)
    var outcome = Outcome()
    for (step, count) in rows.enumerated() {
      model.zeroGradients()
      let batch = EncodedBatch.random(rows: count, schema: model.schema, seed: UInt64(step + 5))
      let pieces = BatchPieces(rows: count)
      let own = BatchShare.pieces(of: pieces, part: collectives.rank, of: collectives.ranks)
      let range =
        own.isEmpty
        ? count..<count : pieces[own.lowerBound].lowerBound..<pieces[own.upperBound - 1].upperBound
      let part = batch.rows(range, schema: model.schema)
      let logits = model.forward(part, .training(step: step + 1), of: batch)
      outcome.logits = logits.elements
      let gradient = Matrix(rows: range.count, columns: 1)
      outcome.loss = BinaryCrossEntropy.forward(
        logits: logits, labels: part.labels, gradient: gradient.view, share: model.share,
        total: Double(count))
      model.backwardOfShare(gradient.view)
      try sums.check()
      try exchange.run()
      model.addPieces()
    }
    outcome.gradients = model.parameters.map { parameter in
      parameter.gradient.view.rows(0..<(parameter.touched?.count ?? parameter.gradient.rows))
        .elements
    }
    outcome.statistics = model.statistics.map { $0.value.view.elements }
    return outcome
  }

  private func check(
    _ label: String, rows: [Int] = [2100, 4096], ranks: [Int] = [2, 4],
    _ make: @escaping @Sendable (BatchShare) -> CTRModel
  ) throws {
    let expected = try outcome(SingleProcess(), rows: rows, make)
    for count in ranks {
      let found = try ThreadedCluster.run(ranks: count) {
        try self.outcome($0, rows: rows, make)
      }.map { try $0.get() }
      #expect(found.flatMap(\.logits) == expected.logits, "\(label), logits of \(count) ranks")
      for (rank, outcome) in found.enumerated() {
        #expect(outcome.loss == expected.loss, "\(label), loss, rank \(rank) of \(count)")
        #expect(outcome.statistics == expected.statistics, "\(label), rank \(rank) of \(count)")
        for (index, gradient) in outcome.gradients.enumerated()
        where gradient != expected.gradients[index] {
          Issue.record("\(label): gradient \(index), rank \(rank) of \(count)")
        }
      }
    }
  }

  @Test(arguments: ModelSettings.variants)
  func everyBackboneHasTheBitsOfOneProcess(backbone: BackboneKind, paradigm: Paradigm) throws {
    for schema in [FieldSchema.mixed(fields: 5), FieldSchema.sequences, FieldSchema.sharing] {
      try check("\(backbone) \(paradigm)") { share in
        CTRModel.tiny(backbone, paradigm, schema: schema, capacity: 4096, share: share) {
          $0.deep.batchNormalization = true
          $0.deep.dropout = 0.3
          $0.crossDropout = 0.2
        }
      }
    }
  }

  @Test(arguments: EncoderKind.allCases)
  func everyEncoderHasTheBitsOfOneProcess(kind: EncoderKind) throws {
    try check("\(kind)") { share in
      CTRModel.tiny(.fm, .generative, capacity: 4096, share: share) {
        $0.embeddingDimension = 4
        $0.encoder.kind = kind
      }
    }
  }

  @Test(arguments: [BackboneKind.fm, .ipnn, .dcnv2Stacked])
  func severalSetsOfEmbeddingsHaveTheBitsOfOneProcess(backbone: BackboneKind) throws {
    try check("two sets of \(backbone)") { share in
      CTRModel.tiny(backbone, .generative, capacity: 4096, share: share) {
        $0.embeddingSets = 2
        $0.deep.batchNormalization = true
      }
    }
  }

  /// Terms of embeddings are sums over the whole batch, those of weights are added once.
  @Test func termsOfTheLossHaveTheBitsOfOneProcess() throws {
    try check("regularizers", ranks: [2]) { share in
      var terms = RegularizerSettings()
      (terms.singularValueVariance, terms.decorrelation) = (0.1, 0.1)
      (terms.spaceSimilarity, terms.blockOrthogonality) = (1e-6, 0.1)
      terms.normAlignment = 0.1
      return CTRModel(
        schema: FieldSchema.mixed(fields: 5),
        settings: .tiny(.crossnet, .generative) { $0.embeddingSets = 2 }, batchCapacity: 4096,
        seed: 3, share: share, regularizers: terms, pool: WorkerPool(threads: 2))
    }
  }

  /// Rows of a tokenizer's perceptron are tokens, whose dropout depends on their place in the
  /// batch.
  @Test(arguments: [BackboneKind.rankmixer, .rankelastor])
  func sharedTokenizersHaveTheBitsOfOneProcess(backbone: BackboneKind) throws {
    try check("shared tokenizer of \(backbone)") { share in
      CTRModel.tiny(backbone, .generative, capacity: 4096, share: share) {
        $0.tokens.tokenizer = .shared
        ($0.tokens.tokens, $0.tokens.dimension) = (3, 6)
        $0.tokens.tokenizerDropout = 0.3
        $0.tokens.normalization = true
      }
    }
  }

  /// Ranks without rows take part in the sums of the others.
  @Test func shortBatchesLeaveRanksWithoutRows() throws {
    for rows in [1, 700, 1030, 2050] {
      try check("\(rows) rows", rows: [rows], ranks: [4]) { share in
        CTRModel.tiny(.dcnv2, .generative, capacity: 4096, share: share) {
          $0.deep.batchNormalization = true
        }
      }
    }
  }
}
