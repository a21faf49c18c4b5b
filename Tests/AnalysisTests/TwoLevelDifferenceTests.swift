import Foundation
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct TwoLevelDifferenceTests {
  private let close = Tolerance(absolute: 1e-12, relative: 1e-9)

  private func scores(_ logits: [Double], _ clicked: [Bool]) -> HeldOutScores {
    var scores = HeldOutScores(.example("a", .generative))
    for (row, logit) in logits.enumerated() {
      scores.add(position: UInt64(row), clicked: clicked[row], logit: logit)
    }
    return scores
  }

  @Test func holmMultipliesBySmallerNumbersAndNeverDecreases() {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R.
    expectClose(Holm.adjusted([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], close)
    #expect(Holm.adjusted([0.9, 0.8]) == [1, 1])
    #expect(Holm.adjusted([nil, 0.02, nil, 0.01] as [Double?]) == [nil, 0.02, nil, 0.02])
    #expect(Holm.adjusted([Double]()).isEmpty)
  }

  @Test func oneSeedIsDeLongsTestAndThePairedOne() throws {
    let random = CounterRandom(seed: 1, stream: 1)
    let clicked = (0..<200).map { random.uniform(UInt64($0)) < 0.3 }
    let first = (0..<200).map { random.normal(1000 + UInt64($0)) }
    let second = (0..<200).map { first[$0] + random.normal(2000 + UInt64($0)) }
    let pairs = try SeedPairs([(scores(first, clicked), scores(second, clicked))])
    let plain = try Comparison([scores(first, clicked), scores(second, clicked)]).pairs[0]
    let (auc, expected) = (try #require(pairs.auc), try #require(plain.auc))
    expectClose(auc.estimate.upper, expected.estimate.upper, close)
    expectClose(auc.pValue, expected.pValue, close)
    #expect(auc.seedError == nil && auc.degrees == .infinity)
    expectClose(pairs.logloss.estimate.value, plain.logloss.estimate.value, close)
    // Student's distribution of 199 rows is close to the normal one.
    expectClose(
      pairs.logloss.estimate.upper, plain.logloss.estimate.upper,
      Tolerance(absolute: 1e-3, relative: 1e-2))
  }

  @Test func seedsThatAgreeAddNothingToTheVarianceOfRows() throws {
    let random = CounterRandom(seed: 2, stream: 1)
    let clicked = (0..<100).map { random.uniform(UInt64($0)) < 0.5 }
    let first = scores((0..<100).map { random.normal(500 + UInt64($0)) }, clicked)
    let second = scores((0..<100).map { random.normal(900 + UInt64($0)) }, clicked)
    let one = try SeedPairs([(first, second)])
    let three = try SeedPairs([(first, second), (first, second), (first, second)])
    let (single, triple) = (try #require(one.auc), try #require(three.auc))
    expectClose(triple.rowError, single.rowError, close)
    expectClose(triple.estimate.value, single.estimate.value, close)
    expectClose(three.logloss.rowError, one.logloss.rowError, close)
  }

  @Test func theVarianceIsThatOfCommonRowsPlusThatBetweenSeeds() {
    // Independent row noise of variance 4 per seed, a common part of 1, and seeds of variance 8.
    let found = TwoLevelDifference(
      [0, 4, 8], rowCovariance: [[5, 1, 1], [1, 5, 1], [1, 1, 5]])
    // s² = 16; the part between seeds is 16 − 4 = 12; the total is (5·3 + 1·6)/9 + 12/3.
    expectClose(found.rowError * found.rowError, 21.0 / 9, close)
    expectClose((found.seedError ?? 0) * (found.seedError ?? 0), 4, close)
    let total = 21.0 / 9 + 4
    expectClose(total, 1 + 16.0 / 3, close)
    expectClose(found.degrees, 2 * total * total / (256.0 / 9), close)
  }

  /// Seeds that agree by chance more than rows allow are trusted as if rows alone had moved them.
  @Test func agreementByChanceGivesNoFurtherDegreesOfFreedom() {
    let found = TwoLevelDifference(
      [4, 4.01, 3.99], rowCovariance: [[5, 1, 1], [1, 5, 1], [1, 1, 5]])
    let total = 21.0 / 9
    expectClose(found.seedError ?? -1, 0, close)
    expectClose(found.degrees, 2 * total * total / (16.0 / 9), close)
  }

  @Test func runsThatAreEqualDoNotDiffer() throws {
    let same = scores([1, 2, 3, 0], [true, false, true, false])
    let pairs = try SeedPairs([(same, same), (same, same)])
    #expect(pairs.auc?.pValue == 1 && pairs.logloss.pValue == 1)
    #expect(pairs.auc?.estimate == Comparison.Estimate(0, within: 0))
  }

  @Test func modelsOfOneKindDifferSignificantlyInAboutOneOfTwentySweeps() throws {
    var significant = (both: 0, rowsAlone: 0)
    let trials = 400
    for trial in 0..<trials {
      let random = CounterRandom(seed: 77, stream: UInt64(trial))
      let rows = 200
      let truth = (0..<rows).map { random.normal(UInt64($0)) }
      let clicked = (0..<rows).map {
        random.uniform(5_000 + UInt64($0)) < 1 / (1 + exp(-truth[$0]))
      }
      // Each run has a quality of its own, and noise in each row.
      func run(_ index: Int) -> HeldOutScores {
        let quality = 1 + 0.5 * random.normal(10_000 + UInt64(index))
        return scores(
          (0..<rows).map {
            quality * truth[$0] + random.normal(20_000 + UInt64(index * rows + $0))
          }, clicked)
      }
      let pairs = try SeedPairs((0..<3).map { (run(2 * $0), run(2 * $0 + 1)) })
      let auc = try #require(pairs.auc)
      significant.both += auc.pValue < 0.05 ? 1 : 0
      significant.rowsAlone += abs(auc.estimate.value) > 1.96 * auc.rowError ? 1 : 0
    }
    // 5 % with four standard errors of 400 trials.
    #expect((4...38).contains(significant.both), "\(significant)")
    #expect(significant.rowsAlone > 2 * significant.both, "\(significant)")
  }
}
