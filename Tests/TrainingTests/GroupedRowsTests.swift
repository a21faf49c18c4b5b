import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Training

/// A row of a group.
private struct Row {
  var name: String
  var logit: Scalar
  var clicked: Bool
}

/// Groups of very different sizes, some of one class only, with many ties.
private func rows(_ count: Int, seed: UInt64) -> [Row] {
  let random = CounterRandom(seed: seed, stream: 3)
  return (0..<count).map { row in
    let share = random.uniform(UInt64(4 * row))
    let group = Int(share * share * share * 40)
    let logit = Scalar(random.integer(UInt64(4 * row + 1), below: 12) - 6) / 2
    let draw = random.uniform(UInt64(4 * row + 2))
    return Row(
      name: ["", "a", "a,\"b\"", "é", "A"].indices.contains(group)
        ? ["", "a", "a,\"b\"", "é", "A"][group] : "user\(group)",
      logit: logit, clicked: group % 9 != 7 && draw < 1 / (1 + exp(-Double(logit))))
  }
}

private func collect(
  _ rows: [Row], maxRows: Int = .max, maxNameBytes: Int = .max
) throws -> GroupedRows {
  let folder = try TemporaryFolder()
  let groups = GroupedRows(maxRows: maxRows, maxNameBytes: maxNameBytes, folder: folder.path)
  for row in rows {
    try Array(row.name.utf8).withUnsafeBufferPointer {
      try groups.add($0, logit: row.logit, clicked: row.clicked)
    }
  }
  // Temporary files have no names.
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  return groups
}

private func segments(_ groups: GroupedRows) throws -> [Segment] {
  var found: [Segment] = []
  try groups.forEachSegment { found.append($0) }
  return found
}

/// The AUC by its definition; nil where one class is missing.
private func countedPairs(_ rows: [Row]) -> Double? {
  let (clicked, others) = (rows.filter(\.clicked), rows.filter { !$0.clicked })
  guard !clicked.isEmpty, !others.isEmpty else { return nil }
  var twice = 0
  for click in clicked {
    for other in others {
      twice += click.logit > other.logit ? 2 : click.logit == other.logit ? 1 : 0
    }
  }
  return Double(twice) / Double(2 * clicked.count * others.count)
}

@Suite struct GroupedRowsTests {
  @Test(arguments: [1, 2, 50, 3000])
  func segmentsAreThoseOfADictionaryOfRows(count: Int) throws {
    let rows = rows(count, seed: 5)
    let naive = Dictionary(grouping: rows) { Array($0.name.utf8) }
    let found = try segments(collect(rows))
    #expect(found.map(\.name) == naive.keys.sorted { $0.lexicographicallyPrecedes($1) })
    for segment in found {
      let rows = try #require(naive[segment.name])
      #expect(segment.rows == rows.count)
      #expect(segment.clicks == rows.count(where: \.clicked))
      #expect(segment.auc == countedPairs(rows))
      let probabilities = rows.map { 1 / (1 + exp(-Double($0.logit))) }
      let losses = zip(rows, probabilities).map { -log($0.clicked ? $1 : 1 - $1) }
      expectClose(
        try #require(segment.logloss), losses.reduce(0, +) / Double(rows.count), .exact)
      #expect((segment.calibration == nil) == (segment.clicks == 0))
      guard let calibration = segment.calibration else { continue }
      expectClose(calibration, probabilities.reduce(0, +) / Double(segment.clicks), .exact)
    }
  }

  @Test func groupsOfOneClassAreLeftOutAndCounted() throws {
    let rows = rows(3000, seed: 6)
    let naive = Dictionary(grouping: rows, by: \.name).values.map { ($0.count, countedPairs($0)) }
    let grouped = try collect(rows).auc()
    let counted = naive.filter { $0.1 != nil }
    #expect(grouped.groups == counted.count)
    #expect(grouped.groupsLeftOut == naive.count - counted.count)
    #expect(grouped.groupsLeftOut > 0)
    #expect(grouped.rows + grouped.rowsLeftOut == rows.count)
    let sum = counted.reduce(0) { $0 + Double($1.0) * ($1.1 ?? 0) }
    expectClose(try #require(grouped.value), sum / Double(grouped.rows), .exact)
    #expect(try collect(rows.filter(\.clicked)).auc().value == nil)
  }

  /// Spilled runs, the order of the rows and the bounds must not change a bit.
  @Test(arguments: [(1, 1 << 30), (7, 1 << 30), (1000, 1 << 30), (1 << 30, 1), (1 << 30, 9000)])
  func spillingChangesNothing(maxRows: Int, maxNameBytes: Int) throws {
    let rows = rows(2500, seed: 7)
    let expected = try collect(rows)
    for rows in [rows, rows.reversed()] {
      let found = try collect(rows, maxRows: maxRows, maxNameBytes: maxNameBytes)
      #expect(try segments(found) == segments(expected))
      #expect(try found.auc() == expected.auc())
    }
  }

  @Test func largeGroupsAreSortedAsSmallOnesAre() throws {
    let rows = rows(30_000, seed: 8).map { Row(name: "all", logit: $0.logit, clicked: $0.clicked) }
    let found = try segments(collect(rows, maxRows: 9000))
    #expect(found.count == 1)
    #expect(found[0].auc == countedPairs(rows))
  }

  /// numpy 1.24: `i = arange(1000); z = i*37 % 101/8 - 5; y = (i*53 + i//7) % 9 < 2; g = i*i % 23`;
  /// per group `((p[:,None] > n).sum() + .5*(p[:,None] == n).sum())/(len(p)*len(n))`, weighted by
  /// rows.
  @Test func groupedAUCIsThatOfNumpy() throws {
    let rows = (0..<1000).map { (row: Int) -> Row in
      let logit = Scalar(row * 37 % 101) / 8 - 5
      let mixed = row * 53 + row / 7
      return Row(name: "\(row * row % 23)", logit: logit, clicked: mixed % 9 < 2)
    }
    let groups = try collect(rows, maxRows: 300)
    expectClose(try #require(groups.auc().value), 0.49123968792401634, .exact)
    let one = try #require(segments(groups).first { $0.name == Array("1".utf8) })
    expectClose(try #require(one.logloss), 2.0151107455210133, .exact)
    expectClose(try #require(one.calibration), 2.5936120575356147, .exact)
  }

  @Test func theLargestSegmentsAreKept() throws {
    var summary = SegmentSummary()
    let sizes = [5, 9, 5, 1, 9] + Array(repeating: 2, count: 30)
    for (index, size) in sizes.enumerated() {
      summary.add(
        Segment(
          name: [UInt8(index)], rows: size, clicks: 0, auc: nil, logloss: 1, calibration: nil))
    }
    #expect(summary.count == 35)
    #expect(summary.largest.map(\.rows) == [9, 9, 5, 5] + Array(repeating: 2, count: 16))
    #expect(summary.largest.map { $0.name[0] } == [1, 4, 0, 2] + (5..<21).map { UInt8($0) })
    #expect(summary.grouped.groupsLeftOut == 35)
  }

  @Test func valuesAreQuotedInTables() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s.csv"
    let table = try SegmentTable(path)
    for (name, auc) in [("a,\"b\"", 0.5), ("", nil)] {
      try table.add(
        Segment(
          name: Array(name.utf8), rows: 4, clicks: 1, auc: auc, logloss: 0.25, calibration: nil))
    }
    try table.commit()
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == "value,rows,clicks,ctr,AUC,logloss,calibration\n"
        + "\"a,\"\"b\"\"\",4,1,0.25,0.5,0.25,\n,4,1,0.25,,0.25,\n")
  }

  /// Rows of weight w count w times, the others of a sample 1/r times as often; spilled or not.
  @Test(arguments: [Int.max, 70])
  func weightsCountInEverySegment(maxRows: Int) throws {
    let rows = rows(600, seed: 8)
    let weights = rows.indices.map { Float($0 * 7 % 5) / 2 }
    let folder = try TemporaryFolder()
    let groups = GroupedRows(
      RowWeighting(negativeRate: 0.5, isWeighted: true), maxRows: maxRows, maxNameBytes: .max,
      folder: folder.path)
    for (row, weight) in zip(rows, weights) {
      try Array(row.name.utf8).withUnsafeBufferPointer {
        try groups.add($0, logit: row.logit, clicked: row.clicked, weight: weight)
      }
    }
    let naive = Dictionary(grouping: zip(rows, weights)) { Array($0.0.name.utf8) }
    for segment in try segments(groups) {
      let rows = try #require(naive[segment.name])
      #expect(segment.rows == rows.count && segment.clicks == rows.count { $0.0.clicked })
      let counted = rows.map { ($0.0, Double($0.1) * ($0.0.clicked ? 1 : 2)) }
      let total = counted.reduce(0) { $0 + $1.1 }
      let loss = counted.reduce(0.0) { sum, row in
        let p = 1 / (1 + exp(-Double(row.0.logit)))
        return sum - row.1 * log(row.0.clicked ? p : 1 - p)
      }
      #expect((segment.logloss == nil) == (total == 0))
      if let logloss = segment.logloss { expectClose(logloss, loss / total, .exact) }
      var (ordered, pairs) = (0.0, 0.0)
      for click in counted where click.0.clicked {
        for other in counted where !other.0.clicked {
          let (a, b) = (click.0.logit, other.0.logit)
          ordered += click.1 * other.1 * (a > b ? 1 : a == b ? 0.5 : 0)
          pairs += click.1 * other.1
        }
      }
      #expect((segment.auc == nil) == (pairs == 0))
      if let auc = segment.auc { expectClose(auc, ordered / pairs, .exact) }
    }
  }
}
