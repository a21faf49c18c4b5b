import Foundation
import Testing

@testable import ClickData

@Suite struct SyntheticTruthTests {
  @Test(arguments: SyntheticLog.Preset.allCases)
  func clicksAreAsFrequentAsTheirProbabilities(_ preset: SyntheticLog.Preset) throws {
    let sample = try SyntheticSample(preset, seed: 21, rows: 50_000)
    #expect(sample.probabilities.count == 50_000)
    let labels = sample.column(preset == .avazu ? 1 : 0).map { $0 == "1" }
    let ordered = zip(sample.probabilities, labels).sorted { $0.0 < $1.0 }
    for start in stride(from: 0, to: 50_000, by: 2_500) {
      let bin = ordered[start..<start + 2_500]
      let expected = bin.reduce(0) { $0 + $1.0 }
      let variance = bin.reduce(0) { $0 + $1.0 * (1 - $1.0) }
      let observed = Double(bin.count { $0.1 })
      #expect(abs(observed - expected) <= 4.5 * variance.squareRoot(), "from rank \(start)")
    }
  }

  @Test(arguments: SyntheticLog.Preset.allCases, [1, 2])
  func theBestAttainableMetricsMatchTheTruthFile(
    _ preset: SyntheticLog.Preset, _ seed: UInt64
  ) throws {
    let sample = try SyntheticSample(preset, seed: seed, rows: 4_000)
    let labels = sample.column(preset == .avazu ? 1 : 0).map { $0 == "1" }
    let auc = try #require(sample.summary.bestAUC)
    let error = try #require(sample.summary.bestAUCError)
    // The file's nine decimals tie only rows that are in one bin of the histogram.
    #expect(abs(auc - countedAUC(sample.probabilities, labels)) <= error + 1e-12)
    #expect(error < 2e-6)
    let losses = zip(sample.probabilities, labels).map { -log($1 ? $0 : 1 - $0) }
    #expect(abs(sample.summary.bestLogloss - losses.reduce(0, +) / 4_000) <= 1e-6)
    #expect((0.78...0.86).contains(auc))
  }

  @Test func tiesCountHalfAndNearbyProbabilitiesAreTies() throws {
    let outcomes = [(0.5, true), (0.5, false), (0.2, false), (0.9, true), (0.500_000_1, false)]
      .map { SyntheticOutcome(probability: $0, click: $1) }
    var total = TruthSummary()
    outcomes.withUnsafeBufferPointer { total.add($0, loss: 1) }
    // Six pairs: 0.9 beats three, 0.5 beats 0.2 and ties with 0.5 and, in its bin, with 0.5000001.
    #expect(total.summary.bestAUC == 5.0 / 6)
    #expect(total.summary.bestAUCError == 1.0 / 6)
    #expect(total.summary.bestLogloss == 0.2)
  }

  @Test func theAUCOfOneClassIsUndefined() {
    var total = TruthSummary()
    [SyntheticOutcome(probability: 1, click: true)].withUnsafeBufferPointer {
      total.add($0, loss: 0)
    }
    #expect(total.summary.bestAUC == nil)
    #expect(total.summary.bestAUCError == nil)
    #expect(total.summary.clickRate == 1)
  }

  @Test(arguments: SyntheticLog.Preset.allCases)
  func theLogitHasTermsOfEveryOrder(_ preset: SyntheticLog.Preset) {
    let world = SyntheticWriter(.of(preset), seed: 31).world
    let terms = (0..<UInt64(50_000)).map { world.terms(world.impression($0)) }
    let main = variance(terms.map { $0.main })
    let pair = variance(terms.map { $0.pair })
    let triple = variance(terms.map { $0.triple })
    // Independent latents of unit variance would give 3·main², 3·pair² and triple².
    #expect((0.5...2).contains(main / Double(3 * SyntheticWorld.main * SyntheticWorld.main)))
    #expect((0.5...2).contains(pair / Double(3 * SyntheticWorld.pair * SyntheticWorld.pair)))
    #expect((0.5...2).contains(triple / Double(SyntheticWorld.triple * SyntheticWorld.triple)))
  }

  @Test(arguments: SyntheticLog.Preset.allCases)
  func eachOrderOfInteractionPredictsTheLabel(_ preset: SyntheticLog.Preset) {
    let world = SyntheticWriter(.of(preset), seed: 32).world
    let impressions = (0..<UInt64(10_000)).map { world.impression($0) }
    let labels = impressions.map { $0.uniform(.click) < world.clickProbability($0) }
    let terms = impressions.map { world.terms($0) }
    let first = countedAUC(terms.map { Double($0.main) }, labels)
    let second = countedAUC(terms.map { Double($0.main + $0.pair) }, labels)
    let third = countedAUC(terms.map { Double($0.main + $0.pair + $0.triple) }, labels)
    #expect(first + 0.01 < second)
    #expect(second + 0.002 < third)
  }

  /// The share of pairs of a click and a non-click in which the click has the larger score.
  private func countedAUC(_ scores: [Double], _ labels: [Bool]) -> Double {
    let clicks = zip(scores, labels).filter { $0.1 }.map { $0.0 }
    let others = zip(scores, labels).filter { !$0.1 }.map { $0.0 }
    var won = 0.0
    for click in clicks {
      for other in others { won += click > other ? 1 : click == other ? 0.5 : 0 }
    }
    return won / (Double(clicks.count) * Double(others.count))
  }

  private func variance(_ values: [Float]) -> Double {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    return values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      / Double(values.count)
  }
}
