import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct ReliabilityTests {
  private func measurement(_ logits: [Scalar], _ clicks: [Float]) throws -> EvaluatedRows {
    var accumulator = MetricsAccumulator()
    let column = Matrix(rows: max(logits.count, 1), columns: 1)
    for (row, logit) in logits.enumerated() { column[row, 0] = logit }
    try accumulator.add(logits: column.view.rows(0..<logits.count), labels: clicks)
    return accumulator.measurement()
  }

  private func rows(_ count: Int, levels: Int) -> (logits: [Scalar], clicks: [Float]) {
    let random = CounterRandom(seed: 1, stream: UInt64(levels))
    let logits = (0..<count).map { Scalar(random.integer(UInt64($0), below: levels)) / 100 - 3 }
    let clicks = (0..<count).map { Float(random.integer(UInt64(count + $0), below: 3) / 2) }
    return (logits, clicks)
  }

  @Test(arguments: [20, 100, 2000])
  func distinctPredictionsGiveTwentyBinsOfEquallyManyRows(count: Int) throws {
    let logits = (0..<count).map { Scalar(($0 * 7919) % count) / 100 - 3 }
    let clicks = logits.map { Float($0 > -2.95 ? 1 : 0) }
    let bins = try measurement(logits, clicks).reliability
    #expect(bins.map(\.rows) == Array(repeating: count / 20, count: 20))
    for (first, second) in zip(bins, bins.dropFirst()) {
      #expect(first.lowest <= first.highest && first.highest < second.lowest)
    }
  }

  @Test(arguments: [1, 3, 7, 50, 400])
  func binsAndTheirErrorEqualTheDefinition(levels: Int) throws {
    let (logits, clicks) = rows(1003, levels: levels)
    let found = try measurement(logits, clicks)
    let naive = naiveBins(logits, clicks)
    #expect(found.reliability.map(\.rows) == naive.map(\.count))
    var error = 0.0
    for (bin, rows) in zip(found.reliability, naive) {
      let predicted =
        rows.reduce(0) { $0 + 1 / (1 + exp(-Double(logits[$1]))) } / Double(rows.count)
      let observed = rows.reduce(0) { $0 + Double(clicks[$1]) } / Double(rows.count)
      expectClose(bin.predicted, predicted, .exact)
      expectClose(bin.observed, observed, .exact)
      error += abs(predicted - observed) * Double(rows.count) / 1003
    }
    expectClose(try #require(found.metrics[.calibrationError]), error, .exact)
  }

  /// The rows of each bin: rows join in ascending order, a whole group of ties at a time, until the
  /// bins so far hold their share of all rows.
  private func naiveBins(_ logits: [Scalar], _ clicks: [Float]) -> [[Int]] {
    var bins: [[Int]] = [[]]
    var (closed, done) = (0, 0)
    for level in Set(logits).sorted() {
      let tied = logits.indices.filter { logits[$0] == level }
      bins[bins.count - 1] += tied
      done += tied.count
      let full = Int((Double(done) * 20 / Double(logits.count)).rounded(.down))
      if full > closed {
        closed = full
        bins.append([])
      }
    }
    return bins.dropLast()
  }

  @Test func theIntervalIsWilsons() {
    // scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
    for (k, n, lower, upper) in [
      (3, 10, 0.10779126740630102, 0.6032218525388546), (0, 20, 0.0, 0.16112515805281935),
    ] {
      var bin = ReliabilityBin(lowest: 0.1, highest: 0.1)
      (bin.weight, bin.clickWeight, bin.squaredWeight) = (Double(n), Double(k), Double(n))
      expectClose(bin.interval.lower, lower, .exact)
      expectClose(bin.interval.upper, upper, .exact)
    }
  }

  @Test func calibratedPredictionsHaveNoErrorAndOthersTheirDistance() throws {
    // Two predictions of 1/2 and two of 1/5: one click in two, none in two.
    let logits: [Scalar] = [0, 0, Scalar(log(0.25)), Scalar(log(0.25))]
    let found = try measurement(logits, [1, 0, 0, 0])
    #expect(found.reliability.map(\.rows) == [2, 2])
    expectClose(try #require(found.metrics[.calibrationError]), 0.1, .gradient)
  }

  @Test func withoutRowsThereIsNoBin() throws {
    let found = try measurement([], [])
    #expect(found.reliability.isEmpty && found.metrics[.calibrationError] == nil)
  }
}
