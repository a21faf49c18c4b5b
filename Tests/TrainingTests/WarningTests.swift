import ClickData
import Models
import Platform
import TestSupport
import Testing

@testable import Training

/// What looks wrong is a warning with the number that shows it.
@Suite struct WarningTests {
  /// The validation labels are flipped, so the model is worse than their click rate.
  @Test func predictionsWorseThanTheClickRateAreWarnedOf() throws {
    let data = LearnableRows.data(hasTest: false) { _, _, clicked in !clicked }
    let run = try TrainingRun(TrainingRun.settings(epochs: 1), data: data)
    let record = try run.trainer.train()
    let entropy = try #require(record.valid?[.normalizedEntropy])
    #expect(entropy > 1)
    #expect(
      run.log.warnings == [
        "valid: normalised entropy is \(NumberText.short(entropy)); above 1, predicting the click "
          + "rate of these rows for all of them would be better: check the learning rate and the "
          + "fields"
      ])
  }

  @Test func aLossThatGrowsTenfoldIsWarnedOfOnce() throws {
    let run = try TrainingRun(TrainingRun.settings())
    let trainer = run.trainer
    func report(_ loss: Double) -> TrainingReport {
      TrainingReport(
        span: .epoch, step: 1, epoch: 1, rows: 1, trainLoss: loss, learningRate: 0.1)
    }
    trainer.state.record.reports = [report(0.6), report(0.5)]
    trainer.warnOfGrowth(ofTrainLossTo: 4.99)
    #expect(run.log.warnings.isEmpty)
    trainer.warnOfGrowth(ofTrainLossTo: 12.5)
    trainer.warnOfGrowth(ofTrainLossTo: 50)
    #expect(
      run.log.warnings == [
        "train: the loss is 12.5, 25 times the lowest so far (0.5); lower training.learning_rate"
      ])
    // A loss near zero may grow by any factor.
    let other = try TrainingRun(TrainingRun.settings())
    other.trainer.state.record.reports = [report(1e-6)]
    other.trainer.warnOfGrowth(ofTrainLossTo: 0.05)
    #expect(other.log.warnings.isEmpty)
  }

  /// Training data in which one row of the first batch is changed.
  private func data(_ change: @escaping (EncodedBatch) -> Void) -> TrainingData {
    final class Changed: BatchSource {
      private let pass: LearnableRows.Pass
      private var change: ((EncodedBatch) -> Void)?
      init(_ pass: LearnableRows.Pass, _ change: @escaping (EncodedBatch) -> Void) {
        (self.pass, self.change) = (pass, change)
      }
      func next() throws -> EncodedBatch? {
        let batch = try pass.next()
        if let batch { change?(batch) }
        change = nil
        return batch
      }
      var progress: ReadingProgress { pass.progress }
    }
    return TrainingData(
      train: { epoch in
        Changed(LearnableRows.Pass(rows: 2000, batchSize: 128, seed: 1, order: epoch), change)
      }, valid: nil, test: nil)
  }

  @Test func aLargeNumberIsWarnedOfWithItsFieldAndTheCure() throws {
    var positions: [UInt64] = []
    let data = data { batch in
      batch.values(2)?[7] = -1.7e12
      positions.append(batch.positions[7])
    }
    let run = try TrainingRun(TrainingRun.settings(epochs: 2), data: data)
    _ = try run.trainer.train()
    let large = run.log.warnings.filter { $0.contains("has the number") }
    #expect(
      large == [
        "train: field N has the number -1.7e+12 in row \(positions[0]), and encoding: value multiplies "
          + "its vector by it; beyond 1e6 training diverges: set features.overrides.N to "
          + "{encoding: value, scale: standard} or {encoding: quantile}"
      ])
  }

  /// The last batch of 2001 rows has one.
  @Test func aLastBatchOfOneRowIsWarnedOfWithBatchNormalisation() throws {
    let warned = try [true, false].map { normalised in
      let run = try TrainingRun(
        TrainingRun.settings(epochs: 2),
        model: TrainingRun.deepModel([4], batchNormalization: normalised),
        data: LearnableRows.data(rows: 16 * 128 + 1, validRows: nil, hasTest: false))
      _ = try run.trainer.train()
      return run.log.warnings
    }
    #expect(
      warned == [
        [
          "train: epoch 1 ends with a batch of one row, which batch normalisation cannot measure: "
            + "it uses the running statistics; choose another training.batch_size"
        ], [],
      ])
  }

  @Test func blankRowsAndCutSequencesAreWarnedOf() throws {
    var progress = ReadingProgress()
    progress.rows = 200
    progress.findings.blankRows = 12
    progress.findings.cuts = [0, 30, 0, 70]
    let schema = ["a", "b", "c", "d"].map { FieldSchema(name: $0, kind: .category, rows: 2) }
    #expect(
      PassRecord(split: "test", progress, schema: schema).warnings == [
        "test: every field is blank in 12 of 200 rows (6 %); check the columns and the files",
        "test: values beyond max_len are dropped: d in 35 % of the rows, b in 15 % of the rows; "
          + "raise max_len to keep them",
      ])
  }
}
