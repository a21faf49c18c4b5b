import ClickData
import Foundation
import LinearAlgebra
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct ImportanceTests {
  private let schema = FieldSchema.categories([8] + Array(repeating: 20, count: 20))

  /// Logistic regression with weights for every value; training would fit the noise likewise.
  private func model(_ schema: [FieldSchema], threads: Int = 2, capacity: Int = 64) -> CTRModel {
    CTRModel.tiny(.lr, schema: schema, capacity: capacity, threads: threads).randomized()
  }

  /// Batches in which only the value of the first field decides about the click.
  private func batches(_ count: Int, of rows: Int, _ schema: [FieldSchema]) -> [EncodedBatch] {
    (0..<count).map { index in
      let batch = EncodedBatch.random(rows: rows, schema: schema, seed: UInt64(index))
      let random = CounterRandom(seed: 5, stream: UInt64(index))
      for row in 0..<rows {
        let rate = Double(1 + batch.ids(0)[row]) / 10
        batch.labels[row] = random.uniform(UInt64(row)) < rate ? 1 : 0
      }
      return batch
    }
  }

  private func analyse(
    _ model: CTRModel, _ batches: [EncodedBatch], repeats: Int = 5, sample: Int = 20_000,
    seed: Int = 0
  ) throws -> ImportanceResult {
    var left = batches[...]
    let run = AnalysedRun(.example("run"), folder: "run", model: model, pool: model.pool)
    let analysis = ImportanceAnalysis(repeats: repeats, sample: sample, seed: seed)
    let found = try ModelProbe(model: model, rows: 1 << 30) { left.popFirst() }
      .analyse(run, [analysis.job()])
    return try #require(found.first as? ImportanceResult)
  }

  /// A model whose weights of the first field are the logits of its click rates.
  private func informed(threads: Int = 2) throws -> CTRModel {
    let model = model(schema, threads: threads)
    let weights = try #require(model.parameter("first_order.C0.weight")).value
    for id in 0..<8 { weights[id, 0] = Scalar(log(Double(1 + id) / Double(9 - id))) }
    return model
  }

  @Test func fieldsWithoutInformationAreWithinNoiseOfZero() throws {
    let result = try analyse(informed(), batches(40, of: 64, schema))
    let (first, others) = (result.fields[0], result.fields.dropFirst())
    #expect(result.rows == 2560 && result.rowsRead == 2560)
    #expect(try #require(first.auc).estimate.lower > 0.02 && first.logloss.estimate.lower > 0.02)
    #expect(!first.isNoise)
    // Each interval misses zero with a chance of 5 %, so one of 20 fields is expected to.
    #expect(others.count(where: { !$0.isNoise }) <= 3)
    for field in others {
      #expect(abs(try #require(field.auc).estimate.value) < 0.02, "\(field)")
      #expect(abs(field.logloss.estimate.value) < 0.05, "\(field)")
    }
  }

  @Test func aFieldThatTheModelIgnoresLosesNothing() throws {
    let model = try informed()
    let weights = try #require(model.parameter("first_order.C3.weight")).value
    weights.view.fill(0)
    let field = try analyse(model, batches(4, of: 64, schema)).fields[3]
    #expect(field.auc == PermutationLoss([0, 0, 0, 0, 0]) && field.logloss == field.auc)
    #expect(field.isNoise)
  }

  @Test func theLossIsThatOfRowsWithTheFieldOfOtherRows() throws {
    let schema = FieldSchema.mixed(fields: 4)
    let model = CTRModel.tiny(.fm, .generative, schema: schema, capacity: 16).randomized()
    let rows = EncodedBatch.random(rows: 16, schema: schema, seed: 3)
    var sample = SampledRows(schema, capacity: 16, seed: 0)
    sample.add(rows, rows: 16)
    // Batches of 7 rows, so that values move from one batch to another.
    let permuted = PermutedRows(sample, model: model, batchSize: 7)
    let base = permuted.scores { _ in }
    for field in schema.indices {
      let order = CounterRandom(seed: 9, stream: UInt64(field)).permutation(16)
      #expect(order.sorted() == Array(0..<16) && order != order.sorted())
      let found = permuted.scores(permuting: field, orders: [order]) { _ in }
      let naive = naiveScores(model, rows, field, order)
      expectClose(found[0].logloss, naive.logloss, .exact)
      expectClose(try #require(found[0].auc), naive.auc, .exact)
      #expect(found[0] != base)
      #expect(permuted.scores { _ in } == base, "field \(field) was not restored")
    }
  }

  /// The metrics by their definitions, from a copy of the rows.
  private func naiveScores(
    _ model: CTRModel, _ rows: EncodedBatch, _ field: Int, _ order: [Int]
  ) -> (auc: Double, logloss: Double) {
    let copy = EncodedBatch.random(rows: 16, schema: model.schema, seed: 3)
    for row in 0..<16 {
      copy.ids(field)[row] = rows.ids(field)[order[row]]
      if let values = rows.values(field) { copy.values(field)?[row] = values[order[row]] }
    }
    let logits = model.forward(copy).doubles
    let clicked = (0..<16).map { copy.labels[$0] > 0.5 }
    let positives = (0..<16).filter { clicked[$0] }
    let negatives = (0..<16).filter { !clicked[$0] }
    var ordered = 0.0
    for p in positives {
      for n in negatives {
        ordered += logits[p] > logits[n] ? 1 : logits[p] == logits[n] ? 0.5 : 0
      }
    }
    let losses = zip(logits, clicked).map { log(1 + exp($1 ? -$0 : $0)) }
    return (
      ordered / Double(positives.count * negatives.count), losses.reduce(0, +) / 16
    )
  }

  @Test func aSequenceMovesAsAWhole() {
    let schema = FieldSchema.sequences
    let rows = EncodedBatch.random(rows: 30, schema: schema, seed: 1)
    var sample = SampledRows(schema, capacity: 30, seed: 0)
    sample.add(rows, rows: 30)
    let order = CounterRandom(seed: 2, stream: 2).permutation(30)
    let copy = EncodedBatch(capacity: 30, schema: schema)
    copy.rows = 30
    for field in schema.indices {
      sample.write(field, of: order, to: copy)
      for row in 0..<30 {
        let (found, expected) = (
          copy.lookups(field: field, row: row), rows.lookups(field: field, row: order[row])
        )
        #expect(found.map(\.id) == expected.map(\.id))
        #expect(found.map(\.weight) == expected.map(\.weight))
        if schema[field].kind == .sequence {
          #expect(copy.ids(field)[row] == rows.ids(field)[order[row]])
        }
      }
    }
  }

  @Test func everyRowIsSampledWithTheSameProbability() {
    let schema = FieldSchema.categories([100])
    let rows = EncodedBatch(capacity: 100, schema: schema)
    rows.rows = 100
    for row in 0..<100 { rows.ids(0)[row] = UInt32(row) }
    let copy = EncodedBatch(capacity: 10, schema: schema)
    var kept = [Int](repeating: 0, count: 100)
    for seed in 0..<2000 {
      var sample = SampledRows(schema, capacity: 10, seed: seed)
      sample.add(rows, rows: 100)
      #expect(sample.count == 10 && sample.rowsRead == 100)
      sample.write(0, of: 0..<10, to: copy)
      for slot in 0..<10 { kept[Int(copy.ids(0)[slot])] += 1 }
    }
    // 2000 draws of a tenth: mean 200, standard deviation √(2000·0.1·0.9) = 13.4.
    #expect(kept.allSatisfy { abs($0 - 200) < 60 }, "\(kept)")
  }

  @Test(arguments: [1, 2, 3])
  func theResultDependsOnTheSeedButNotOnTheThreads(threads: Int) throws {
    func fields(threads: Int, seed: Int) throws -> [[Double]] {
      try analyse(
        informed(threads: threads), batches(5, of: 64, schema), sample: 200, seed: seed
      ).fields.map { $0.logloss.losses + ($0.auc?.losses ?? []) }
    }
    #expect(try fields(threads: threads, seed: 4) == fields(threads: 1, seed: 4))
    #expect(try fields(threads: threads, seed: 4) != fields(threads: 1, seed: 5))
  }

  @Test func withOneClassOnlyLoglossIsMeasured() throws {
    let rows = batches(2, of: 64, schema)
    for batch in rows { for row in 0..<64 { batch.labels[row] = 0 } }
    let result = try analyse(informed(), rows)
    #expect(result.auc == nil && result.fields.allSatisfy { $0.auc == nil })
    #expect(result.positives == 0 && result.logloss > 0)
  }

  @Test func theIntervalIsThatOfOneMorePermutation() {
    // Mean 3, s = √2.5; scipy.stats.t.ppf(0.975, 4) = 2.7764451051977987; √(1 + 1/5) = √1.2.
    let loss = PermutationLoss([1, 2, 3, 4, 5])
    expectClose(loss.estimate.value, 3, .exact)
    expectClose(loss.estimate.upper - 3, 2.7764451051977987 * (2.5 * 1.2).squareRoot(), .exact)
    #expect(loss.isNoise && !PermutationLoss([2, 2.1, 2.2]).isNoise)
  }

  @Test func longWorkReportsItsProgressAndStopsWhereItsCallerThrows() throws {
    struct Stop: Error {}
    var seen: [AnalysisProgress] = []
    let model = try informed()
    let run = AnalysedRun(.example(), folder: "run", model: model, pool: model.pool) {
      seen.append($0)
      if seen.count == 3 { throw Stop() }
    }
    var left = batches(2, of: 64, schema)[...]
    #expect(throws: Stop.self) {
      try ModelProbe(model: model, rows: 1000) { left.popFirst() }
        .analyse(run, [ImportanceAnalysis(repeats: 2, sample: 100, seed: 0).job()])
    }
    // 100 rows in batches of 64, once as they are and twice for each of 21 fields.
    #expect(
      seen == [0, 64, 100].map { AnalysisProgress(label: "importance", rows: $0, of: 4300) })
  }
}
