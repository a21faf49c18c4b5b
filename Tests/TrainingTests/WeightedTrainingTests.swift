import Foundation
import Models
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct WeightedTrainingTests {
  /// Weights from 0 to 2, which differ from row to row.
  private static func weight(_ row: Int) -> Float { Float((row * 7) % 9) / 4 }

  private func trained(
    _ data: TrainingData, threads: Int = 2, settings: TrainingSettings = TrainingRun.settings(),
    shift: Double = 0, interruptedAt moment: Int? = nil, resuming: TemporaryFolder? = nil
  ) throws -> TrainingRun {
    let run = try TrainingRun(
      settings, data: data, threads: threads, resuming: resuming, interruptedAt: moment)
    run.model.logitShift = shift
    do {
      _ = try run.trainer.train()
    } catch TrainingFailure.interrupted {
      #expect(moment != nil)
    }
    return run
  }

  @Test func weightsOfOneTrainTheBitsOfRowsWithoutWeights() throws {
    let without = try trained(LearnableRows.data())
    let with = try trained(LearnableRows.data(weight: { _ in 1 }))
    #expect(with.weights == without.weights)
    #expect(try with.timelessLines() == without.timelessLines())
    #expect(
      with.trainer.record.test?.byName == without.trainer.record.test?.byName
        && with.trainer.record.test?.weight == 1000)
  }

  @Test func aCommonFactorOfAllWeightsChangesNoWeightOfTheModel() throws {
    let once = try trained(LearnableRows.data(weight: Self.weight))
    // A power of two scales without rounding.
    let scaled = try trained(LearnableRows.data(weight: { 1024 * Self.weight($0) }))
    #expect(scaled.weights == once.weights)
    let plain = try trained(LearnableRows.data())
    #expect(plain.weights != once.weights)
  }

  @Test func rowsOfWeightZeroTeachNothing() throws {
    // Half of the rows have the opposite label, and no weight.
    let lying = LearnableRows.data(
      trainLabel: { $0 % 2 == 0 ? $1 : !$1 }, weight: { $0 % 2 == 0 ? 1 : 0 })
    let record = try trained(lying).trainer.record
    #expect(record.rows == 4 * 2000 || record.stop == .early)
    #expect(try #require(record.test?.auc) > 0.75)
    let misled = try trained(LearnableRows.data(trainLabel: { $0 % 2 == 0 ? $1 : !$1 }))
    #expect(try #require(misled.trainer.record.test?.auc) < 0.7)
  }

  @Test func theLossPerEpochIsTheWeightedMeanOverItsRows() throws {
    var settings = TrainingRun.settings(epochs: 1)
    settings.learningRate = 1e-12
    let run = try trained(
      LearnableRows.data(validRows: nil, hasTest: false, weight: Self.weight), settings: settings)
    let found = try #require(run.trainer.record.reports.last?.trainLoss)
    // The weights of the model have not moved, so an evaluation of the same rows has the same loss.
    let pass = LearnableRows.Pass(rows: 2000, batchSize: 128, seed: 1, weight: Self.weight)
    let metrics = try Evaluator(run.model).evaluate(pass, split: "train")
    expectClose(found, try #require(metrics.logloss), Tolerance(absolute: 1e-7, relative: 1e-7))
    #expect(try run.lines().last?.rows == 2000)
  }

  @Test func aBatchWithoutWeightIsAStepWithoutGradient() throws {
    // The first of three batches of this order has weight 0 in every row.
    var numbers: Set<UInt64> = []
    let first = LearnableRows.Pass(rows: 300, batchSize: 128, seed: 1)
    let batch = try #require(try first.next())
    for row in 0..<batch.rows { numbers.insert(batch.positions[row]) }
    let run = try trained(
      LearnableRows.data(
        rows: 300, validRows: nil, hasTest: false,
        weight: { numbers.contains(UInt64($0)) ? 0 : 1 }),
      settings: TrainingRun.settings(epochs: 1))
    #expect(run.weights.allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(run.trainer.record.steps == 3 && run.trainer.record.rows == 300)
    #expect(try #require(run.trainer.record.reports.last?.trainLoss).isFinite)
  }

  @Test(arguments: ["train", "valid"])
  func rowsThatAllHaveWeightZeroAreRefused(split: String) throws {
    let data = LearnableRows.data(
      validRows: split == "valid" ? 1000 : nil, weight: { _ in 0 })
    let rows = split == "valid" ? 1000 : 2000
    #expect(throws: TrainingFailure.noWeight(split: split, rows: rows)) {
      if split == "valid" {
        let pass = LearnableRows.Pass(rows: 1000, batchSize: 128, seed: 2, weight: { _ in 0 })
        let run = try TrainingRun(TrainingRun.settings())
        _ = try Evaluator(run.model).evaluate(pass, split: "valid")
      } else {
        _ = try trained(data)
      }
    }
    let failure = TrainingFailure.noWeight(split: "train", rows: 9)
    #expect(
      failure.description
        == "train: all 9 rows have weight 0, expected one above 0; "
        + "check the column of dataset.weight")
    #expect(failure.status == .badData)
  }

  @Test(arguments: [1, 2, 3])
  func aResumedRunEndsInTheBytesOfAnUninterruptedOne(threads: Int) throws {
    var settings = TrainingRun.settings(epochs: 2)
    settings.evalSteps = 5
    let data = { LearnableRows.data(weight: Self.weight, evaluatedRate: 0.25) }
    let whole = try trained(data(), settings: settings, shift: log(0.25))
    // Moments within an epoch, at its end, and in an evaluation.
    for moment in [3, 9, 17, 25, 40] {
      let cut = try trained(data(), settings: settings, shift: log(0.25), interruptedAt: moment)
      let resumed = try trained(
        data(), threads: threads, settings: settings, shift: log(0.25), resuming: cut.temporary)
      for file in ["best", "last", "seen_rows"] {
        let name = "checkpoint/\(file).safetensors"
        #expect(try resumed.bytes(name) == whole.bytes(name), "\(moment): \(name)")
      }
      #expect(try resumed.timelessLines() == whole.timelessLines(), "\(moment)")
      #expect(resumed.trainer.record.test == whole.trainer.record.test)
    }
  }

  @Test func theCorrectionLeavesTrainingAndItsAUCUnchanged() throws {
    let without = try trained(LearnableRows.data())
    let with = try trained(LearnableRows.data(), shift: log(0.1))
    #expect(with.weights == without.weights)
    let (found, own) = (with.trainer.record, without.trainer.record)
    #expect(found.evaluations.map(\.metrics.auc) == own.evaluations.map(\.metrics.auc))
    #expect(found.evaluations.map(\.trainLoss) == own.evaluations.map(\.trainLoss))
    #expect(found.test?.auc == own.test?.auc && found.test?.logloss != own.test?.logloss)
  }

  @Test func evaluatedLogitsAreShiftedBeforeTheyAreRecalibrated() throws {
    let run = try trained(LearnableRows.data())
    let pass = { LearnableRows.Pass(rows: 300, batchSize: 128, seed: 3) }
    func logits(_ recalibration: Recalibration? = nil) throws -> [Double] {
      var logits: [Double] = []
      _ = try Evaluator(run.model, recalibration: recalibration).measure(pass(), split: "test") {
        logits += $1.doubles
      }
      return logits
    }
    let own = try logits()
    run.model.logitShift = -2
    expectClose(try logits(), own.map { $0 - 2 }, .gradient)
    let counts = try Evaluator(run.model).logitCounts(pass(), split: "test")
    let map = try Recalibration(.platt, counts, of: "test", weights: "a", run: "r")
    guard case .platt(let line) = map.curve else { return }
    expectClose(try logits(map), own.map { line.logit($0 - 2) }, .gradient)
  }

  @Test func predictionsHaveAColumnOfWeightsOnlyWhereRowsHaveThem() throws {
    let folder = try TemporaryFolder()
    let run = try TrainingRun(TrainingRun.settings())
    func lines(_ weighting: RowWeighting, _ weight: LearnableRows.Weighting?) throws -> [String] {
      let path = folder.file("p.csv")
      let writer = try PredictionWriter(path, weighting: weighting)
      let pass = LearnableRows.Pass(rows: 20, batchSize: 128, seed: 3, weight: weight)
      while let batch = try pass.next() {
        try writer.write(batch, logits: run.model.forward(batch))
      }
      try writer.commit()
      return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .map(String.init)
    }
    let plain = try lines(RowWeighting(), nil)
    #expect(plain[0] == "row,label,logit,probability")
    let weighted = try lines(
      RowWeighting(negativeRate: 0.5, isWeighted: true), { Float($0) / 4 })
    #expect(weighted[0] == "row,label,logit,probability,weight")
    for (line, own) in zip(weighted, plain).dropFirst() {
      let columns = line.split(separator: ",").map(String.init)
      #expect(columns.dropLast().joined(separator: ",") == own)
      let weight = try #require(Double(columns[0])) / 4 * (columns[1] == "1" ? 1 : 2)
      #expect(Double(columns[4]) == weight)
    }
  }
}
