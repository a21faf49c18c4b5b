import Foundation
import Platform
import Testing
import Training

@testable import Configuration

@Suite struct SweepSelectionTests {
  private func group(candidates: Int, epochs: Int = 9) throws -> SweepGroup {
    let values = (1...candidates).map { "\($0)" }.joined(separator: ", ")
    return try SweepFixture.read(
      "data: data.yaml\nmodels: [models/fm_gen]\nvary: {training.seed: [5, 6]}\n"
        + "search: {model.encoder.gamma: [\(values)]}\nset: {training.epochs: \(epochs)}\n"
    ).groups[0]
  }

  /// The lines of a run whose validation AUC is `curve` after each epoch; `test` is its test AUC.
  private func metrics(_ curve: [Double], test: Double = 0.5) -> String {
    curve.enumerated().map { epoch, auc in
      "{\"step\": 8, \"epoch\": \(epoch + 1), \"split\": \"valid\", \"AUC\": \(auc), \"logloss\": 0.5}\n"
        + "{\"step\": 8, \"epoch\": \(epoch + 1), \"split\": \"train\", \"train_loss\": 0.4}\n"
    }.joined()
      + "{\"step\": 9, \"epoch\": 1, \"split\": \"test\", \"AUC\": \(test), \"logloss\": 0.1}\n"
  }

  private func trained(_ curve: [Double], test: Double = 0.5) -> SweepRunState {
    .trained(
      epochs: curve.count, ValidationHistory(metrics: metrics(curve, test: test)))
  }

  @Test func allCandidatesTrainWithTheFirstSeedThenTheBestWithTheOthers() throws {
    let group = try group(candidates: 3, epochs: 2)
    var known: [String: SweepRunState] = [:]
    let next = { group.next(nil) { known[$0.name] ?? .untrained } }
    guard case .train(let first) = next() else { throw Missing() }
    #expect(first.map(\.run) == group.candidates.map { $0.runs[0] })
    for (step, auc) in zip(first, [0.6, 0.8, 0.7]) { known[step.run.name] = trained([0.5, auc]) }
    #expect(next() == .train([SweepStep(run: group.candidates[1].runs[1], epochs: 2)]))
    known[group.candidates[1].runs[1].name] = trained([0.1, 0.1])
    #expect(next() == .chosen(1))
  }

  private struct Missing: Error {}

  @Test func failedCandidatesAreLeftOutAndEqualOnesGoToTheFirst() throws {
    let group = try group(candidates: 3, epochs: 1)
    let states = [SweepRunState.failed, trained([0.7]), trained([0.7])]
    func state(_ run: SweepRun) -> SweepRunState {
      guard run.seed == "5" else { return trained([0]) }
      return states[group.candidates.firstIndex { $0.runs.contains(run) } ?? 0]
    }
    #expect(group.next(nil, state) == .chosen(1))
    #expect(group.next(nil) { _ in .failed } == .failed)
  }

  @Test func halvingComparesARungAfterItsEpochsHoweverLongRunsHaveTrainedSince() throws {
    let group = try group(candidates: 6, epochs: 4)
    let halving = SweepHalving(epochs: 1, factor: 2)
    // The last candidate is the best after one epoch, the first after four.
    let curves = [
      [0.6, 0.7, 0.8, 0.9], [0.1, 1, 1, 1], [0.2, 1, 1, 1], [0.3, 1, 1, 1], [0.5, 0.6, 0.6, 0.6],
      [0.7, 0.7, 0.7, 0.7],
    ]
    var trainedEpochs = Array(repeating: 0, count: 6)
    func state(_ run: SweepRun) -> SweepRunState {
      guard run.seed == "5" else { return trained([0, 0, 0, 0]) }
      let index = group.candidates.firstIndex { $0.runs[0] == run } ?? 0
      let epochs = trainedEpochs[index]
      return epochs == 0 ? .untrained : trained(Array(curves[index].prefix(epochs)))
    }
    var rungs: [[Int]] = []
    while case .train(let steps) = group.next(halving, state) {
      rungs.append(steps.map(\.epochs))
      // One at a time: a decision of an earlier rung must not change when a run goes on.
      let index = try #require(group.candidates.firstIndex { $0.runs[0] == steps[0].run })
      trainedEpochs[index] = steps[0].epochs
    }
    #expect(group.next(halving, state) == .chosen(0))
    #expect(trainedEpochs == [4, 1, 1, 1, 2, 4])
    #expect(rungs.first == [1, 1, 1, 1, 1, 1] && rungs.last == [4])
  }

  @Test func aRunThatStoppedEarlyCountsForEveryRung() throws {
    let group = try group(candidates: 2, epochs: 9)
    let halving = SweepHalving(epochs: 1, factor: 3)
    let advance = group.next(halving) { run in
      .trained(epochs: nil, ValidationHistory(metrics: metrics([run.seed == "5" ? 0.6 : 0.5])))
    }
    #expect(advance == .chosen(0))
  }

  @Test func testMetricsCannotReachASelection() throws {
    let group = try group(candidates: 8, epochs: 3)
    let random = CounterRandom(seed: 4, stream: 1)
    for halving in [nil, SweepHalving(epochs: 1, factor: 2)] {
      for trial in 0..<20 {
        func chosen(scramble: UInt64) -> SweepAdvance {
          group.next(halving) { run in
            let index = UInt64(group.candidates.firstIndex { $0.runs.contains(run) } ?? 0)
            let place = UInt64(trial) * 100 + index * 3
            return trained(
              (0..<3).map { random.uniform(place + $0) },
              test: random.uniform(10_000 * scramble + place))
          }
        }
        #expect(chosen(scramble: 1) == chosen(scramble: 2))
        #expect(chosen(scramble: 1) == chosen(scramble: 3))
      }
    }
  }

  @Test func theKeptWeightsAreThoseThatTheMonitorPrefers() {
    let history = ValidationHistory(
      metrics: """
        {"epoch": 1, "split": "valid", "AUC": 0.7, "logloss": 0.9}
        {"epoch": 2, "split": "valid", "AUC": 0.6, "logloss": 0.1}
        {"epoch": 3, "split": "valid", "AUC": null, "logloss": 0.0}
        {"epoch": 4, "split": "test", "AUC": 0.99, "logloss": 0.0}

        """)
    var monitor = TrainingSettings.Monitor()
    #expect(history.points.count == 3)
    #expect(history.auc(after: 9, monitor) == 0.7)
    monitor.logloss = -1
    #expect(history.auc(after: 9, monitor) == 0.6 && history.auc(after: 1, monitor) == 0.7)
    #expect(history.auc(after: 0, monitor) == nil)
  }

  @Test func anotherConfigurationInTheFolderIsNoticed() throws {
    let run = try group(candidates: 1).candidates[0].runs[0]
    var found = run.configuration
    found.training.epochs += 1
    found.training.keepLast.toggle()
    found.run = "renamed"
    #expect(run.difference(from: found) == nil)
    found.training.batchSize = 7
    let lines = try #require(run.difference(from: found))
    #expect(lines.expected == "batch_size: 4096" && lines.found == "batch_size: 7")
  }
}
