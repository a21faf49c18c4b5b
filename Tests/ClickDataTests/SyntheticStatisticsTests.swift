import Foundation
import Testing

@testable import ClickData

@Suite struct SyntheticStatisticsTests {
  @Test(arguments: [(SyntheticLog.Preset.criteo, 0.256), (.avazu, 0.170)], [1, 2, 3])
  func theClickRateMatchesTheRealLog(
    _ preset: (SyntheticLog.Preset, Double), _ seed: UInt64
  ) throws {
    let sample = try SyntheticSample(preset.0, seed: seed, rows: 40_000)
    // Four deviations of the sample (√(0.25 · 0.75 / 40000) = 0.0022) and the calibration (0.0007).
    #expect(abs(sample.summary.clickRate - preset.1) <= 0.0092)
    #expect(
      sample.summary.clicks == sample.column(preset.0 == .avazu ? 1 : 0).filter { $0 == "1" }.count)
  }

  @Test(arguments: [1, 2, 3])
  func criteoIsBlankWhereTheRealLogIs(_ seed: UInt64) throws {
    let sample = try SyntheticSample(.criteo, seed: seed, rows: 20_000)
    let blanks = (1...39).map { column in
      Double(sample.rows.count { $0[column].isEmpty }) / Double(sample.rows.count)
    }
    #expect(abs(blanks.reduce(0, +) / 39 - 0.14) <= 0.02)
    for often in [1, 4, 10, 12] { #expect(blanks[often - 1] > 0.15) }
    #expect(blanks[6] > 0.02)  // I7
    #expect(blanks[1] == 0)  // I2
    for row in sample.rows.prefix(2_000) { #expect(row[1].isEmpty == row[10].isEmpty) }
  }

  @Test func criteoCountsAreHeavyTailedAndBarelyNegative() throws {
    let sample = try SyntheticSample.criteo.get()
    let lowest = (1...13).map { column in sample.column(column).compactMap { Int($0) }.min() ?? 0 }
    #expect(lowest[1] == -3)
    #expect(lowest.allSatisfy { (-3...0).contains($0) })
    let fifth = sample.column(5).compactMap { Int($0) }.sorted()
    #expect(fifth[fifth.count - 1] > 1_000_000)
    #expect((1_000...8_000).contains(fifth[fifth.count / 2]))
  }

  @Test func valuesHaveLongTails() throws {
    let sample = try SyntheticSample.criteo.get()
    // C3, of 413,422 values: no value is common, and most of those in the sample occur once.
    let large = Tail(sample.column(16).filter { !$0.isEmpty })
    #expect(large.distinct > 15_000)
    #expect(large.top < 0.05)
    #expect((0.4...0.95).contains(Double(large.singletons) / Double(large.distinct)))
    // C9, of three values: one of them dominates.
    let small = Tail(sample.column(22))
    #expect(small.distinct == 3)
    #expect((0.5...0.99).contains(small.top))
    let avazu = try SyntheticSample.avazu.get()
    let address = Tail(avazu.column(12))
    #expect(address.distinct > 20_000)
    #expect(address.top < 0.02)
    let device = Tail(avazu.column(11))
    #expect((0.7...0.9).contains(device.top))
  }

  @Test(arguments: SyntheticLog.Preset.allCases)
  func noFieldHasMoreValuesThanTheRealLog(_ preset: SyntheticLog.Preset) throws {
    let sample = try (preset == .avazu ? SyntheticSample.avazu : SyntheticSample.criteo).get()
    for (index, column) in SyntheticLayout.of(preset).columns.enumerated() {
      guard case .category(let category) = column.source else { continue }
      let distinct = Set(sample.column(index)).count
      #expect(distinct <= category.law.count + (column.absence == nil ? 0 : 1), "column \(index)")
      #expect(distinct > 1, "column \(index)")
    }
  }

  @Test func fieldsOfOneEntityAreRedundantAndOthersAreNot() throws {
    let criteo = try SyntheticSample.criteo.get()
    // C14 and C23 depend on the context's coarse cluster, C17, C20 and C25 on the ad's, C6 and C11
    // on the user's.
    let same = [(27, 36), (30, 38), (19, 24)]
    let apart = [(27, 30), (30, 19), (19, 36), (33, 36)]
    for (left, right) in same {
      #expect(information(criteo.column(left), criteo.column(right)) > 0.2, "\(left) \(right)")
    }
    for (left, right) in apart {
      #expect(information(criteo.column(left), criteo.column(right)) < 0.01, "\(left) \(right)")
    }
    let avazu = try SyntheticSample.avazu.get()
    // site_domain and site_category, device_type, C18.
    #expect(information(avazu.column(6), avazu.column(7)) > 0.5)
    #expect(information(avazu.column(14), avazu.column(20)) < 0.002)
  }

  /// The mutual information of two columns in nats, by counting.
  private func information(_ left: [String], _ right: [String]) -> Double {
    func entropy(_ values: [String]) -> Double {
      var counts: [String: Int] = [:]
      for value in values { counts[value, default: 0] += 1 }
      let total = Double(values.count)
      return counts.values.sorted().reduce(0) { $0 - Double($1) / total * log(Double($1) / total) }
    }
    return entropy(left) + entropy(right) - entropy(zip(left, right).map { "\($0) \($1)" })
  }
}

/// The distribution of a column's values.
private struct Tail {
  let distinct: Int
  let singletons: Int
  let top: Double

  init(_ values: [String]) {
    var counts: [String: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    distinct = counts.count
    singletons = counts.values.count { $0 == 1 }
    top = Double(counts.values.max() ?? 0) / Double(values.count)
  }
}
