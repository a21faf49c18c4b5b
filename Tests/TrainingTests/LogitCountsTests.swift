import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

@Suite struct LogitCountsTests {
  @Test func distinctLogitsAreExactUpToTheLimit() throws {
    let (logits, clicks) = CalibrationRows.rows(5000, seed: 2, levels: 300)
    var found = try CalibrationRows.counts(logits, clicks, limit: 300)
    let cells = found.sorted()
    let distinct = Set(logits).sorted().map { Double($0) }
    #expect(cells.count == distinct.count)
    for (cell, logit) in zip(cells, distinct) {
      // In double precision the mean of equal logits may be rounded.
      #expect(abs(cell.logit - logit) <= 1e-12)
      let tied = logits.indices.filter { Double(logits[$0]) == logit }
      #expect(
        cell.weight == Double(tied.count)
          && cell.clickWeight == Double(tied.count { clicks[$0] == 1 }))
    }
  }

  @Test func moreLogitsAreJoinedWithTheirNeighbours() throws {
    let (logits, clicks) = CalibrationRows.rows(20_000, seed: 2, levels: 1 << 20)
    var found = try CalibrationRows.counts(logits, clicks, limit: 100)
    let cells = found.sorted()
    #expect((51...100).contains(cells.count))
    #expect(cells.reduce(0) { $0 + $1.weight } == 20_000 && found.rows == 20_000)
    #expect(cells.reduce(0) { $0 + $1.clickWeight } == Double(clicks.count { $0 == 1 }))
    #expect(zip(cells, cells.dropFirst()).allSatisfy { $0.logit < $1.logit })
    expectClose(
      cells.reduce(0) { $0 + $1.logitSum }, logits.reduce(0) { $0 + Double($1) },
      Tolerance(absolute: 1e-6, relative: 1e-9))
  }

  @Test func theOrderOfTheRowsDoesNotMatterBelowTheLimit() throws {
    let (logits, clicks) = CalibrationRows.rows(1000, seed: 3, levels: 50)
    let order = logits.indices.sorted { ($0 * 7919) % 1000 < ($1 * 7919) % 1000 }
    for method in Recalibration.Method.allCases {
      let shuffled = try CalibrationRows.fitted(
        method, order.map { logits[$0] }, order.map { clicks[$0] })
      #expect(try shuffled == CalibrationRows.fitted(method, logits, clicks))
    }
  }

  @Test func aNonFiniteLogitIsReportedWithItsRow() {
    #expect(throws: TrainingFailure.nonFiniteLogit(row: 101)) {
      try CalibrationRows.counts(
        Array(repeating: 0, count: 101) + [.nan], Array(repeating: 0, count: 102))
    }
  }
}
