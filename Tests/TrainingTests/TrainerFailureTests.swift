import ClickData
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import Training

/// Failures that stop a run, and warnings.
@Suite struct TrainerFailureTests {
  @Test func aLossThatIsNotFiniteStopsTheRunAndKeepsTheLastGoodCheckpoint() throws {
    let run = try spoilt(at: 20, with: .nan)
    let failure = #expect(throws: TrainingFailure.self) { try run.trainer.train() }
    guard case .nonFiniteLoss(step: 20, "the logits", _, let rows?) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(rows.count == 2 && rows.positions.count == 2)
    let positions = rows.positions.map { "\($0)" }.joined(separator: ", ")
    #expect(failure?.description.contains("in a batch with rows \(positions) of") == true)
    // The checkpoints are those of the first epoch's evaluation.
    let again = try TrainingRun(TrainingRun.settings(epochs: 1))
    _ = try again.trainer.train()
    for file in ["best.safetensors", "last.safetensors", "seen_rows.safetensors"] {
      #expect(try run.bytes("checkpoint/\(file)") == again.bytes("checkpoint/\(file)"), "\(file)")
    }
  }

  /// A number so large that its square overflows spoils the gradient, not the loss.
  @Test func aGradientThatIsNotFiniteStopsTheRunAndReportsItsRows() throws {
    // No number that a row can hold overflows in double.
    guard MemoryLayout<Scalar>.size == 4 else { return }
    let run = try spoilt(at: 3, with: 1e25)
    let failure = #expect(throws: TrainingFailure.self) { try run.trainer.train() }
    guard case .nonFiniteGradient(step: 3, _, _, let rows?) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(rows.count == 128 && rows.positions.count == 5)
    #expect(failure?.description.contains(" and 123 more of dataset.train; ") == true)
  }

  /// A run in which two rows of one step have a number that spoils it.
  private func spoilt(at step: Int, with number: Float) throws -> TrainingRun {
    final class Spoilt: BatchSource {
      private let pass: LearnableRows.Pass
      private let body: (EncodedBatch) -> Void
      init(_ pass: LearnableRows.Pass, _ body: @escaping (EncodedBatch) -> Void) {
        self.pass = pass
        self.body = body
      }
      func next() throws -> EncodedBatch? {
        let batch = try pass.next()
        batch.map(body)
        return batch
      }
      var progress: ReadingProgress { pass.progress }
    }
    var steps = 0
    let rows = LearnableRows.data()
    let data = TrainingData(
      train: { epoch in
        Spoilt(LearnableRows.Pass(rows: 2000, batchSize: 128, seed: 1, order: epoch)) { batch in
          steps += 1
          guard steps == step else { return }
          // One row of each class: for any sign of the logit, one of them is wrong.
          for row in [7, 8] {
            batch.values(2)?[row] = number
            batch.labels[row] = row == 7 ? 0 : 1
          }
        }
      }, valid: rows.valid, test: rows.test)
    return try TrainingRun(TrainingRun.settings(), data: data)
  }

  @Test func noTrainingRowsIsAnError() throws {
    let data = LearnableRows.data(rows: 0)
    #expect(throws: TrainingFailure.noRows(split: "train")) {
      try TrainingRun(TrainingRun.settings(), data: data).trainer.train()
    }
  }

  @Test func anUndefinedAUCIsNullAndWarnedOf() throws {
    let data = LearnableRows.data(rows: 300, validRows: 100, hasTest: false) { _, _, _ in false }
    let run = try TrainingRun(TrainingRun.settings(epochs: 1), data: data)
    _ = try run.trainer.train()
    #expect(
      run.log.warnings == [
        "valid: AUC is undefined: none of 100 rows was clicked",
        "valid: without an AUC the monitor is -logloss",
      ])
    let text = try String(contentsOfFile: run.folder.metricsPath, encoding: .utf8)
    #expect(text.contains(#""AUC": null"#))
    #expect(try run.lines()[0].AUC == nil)
  }

  @Test func aTrainingSplitOfOneClassIsWarnedOf() throws {
    let data = LearnableRows.data(rows: 300, hasTest: false, trainLabel: { _, _ in true })
    let run = try TrainingRun(TrainingRun.settings(epochs: 2), data: data)
    _ = try run.trainer.train()
    #expect(
      run.log.warnings.filter { $0.hasPrefix("train") } == [
        "train: none of 300 rows was not clicked"
      ])
  }
}
