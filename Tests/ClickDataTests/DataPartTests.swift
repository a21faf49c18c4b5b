import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// The parts in which a progressive run reads its training rows.
@Suite struct DataPartTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ dataset: Dataset, _ part: DataPart) throws -> [UInt32] {
    let encoder = try dataset.fit()
    return try dataset.batches(of: .train, part: part, encoder: encoder, batchSize: 4).allRows()
      .map { $0.ids[0] }
  }

  private var hashed: FeatureSettings {
    var features = FeatureSettings()
    features.categorical = .hash(buckets: 1000)
    return features
  }

  @Test func filesAreParts() throws {
    let paths = try ["b", "a"].map { try folder.write("\($0).csv", "y,x\n1,\($0)\n0,\($0)\n") }
    let dataset = try Dataset(settings: Sample.delimited(paths), features: hashed)
    let parts = try dataset.trainingParts()
    #expect(parts.map(\.name) == paths.reversed())
    #expect(parts.allSatisfy { $0.gap == nil })
    for (part, name) in zip(parts, ["a", "b"]) {
      #expect(
        try rows(dataset, part) == [UInt32](repeating: naiveHashID("x", name, 1000), count: 2))
    }
  }

  private func timed(_ times: [String], kind: String = "timestamp") throws -> Dataset {
    let half = times.count / 2
    let paths = try [times[..<half], times[half...]].enumerated().map { number, times in
      try folder.write(
        "\(number).csv", times.reduce("y,x,ts\n") { "\($0)1,\($1.prefix(10)),\($1)\n" })
    }
    var settings = Sample.delimited([])
    settings.train = []
    settings.source = paths
    var shares = DatasetSettings.SplitShares()
    shares.by = "ts"
    (shares.train, shares.valid, shares.test) = (0.75, 0.25, 0)
    settings.split = shares
    settings.fields = [.init(name: "x", kind: .categorical)]
    return try Dataset(settings: settings, features: hashed)
  }

  /// A day begins at midnight in UTC, and its rows may be in several files in any order.
  @Test func daysArePartsWhereRowsAreSplitByATime() throws {
    let dataset = try timed([
      "2024-02-28 23:59:59", "2024-02-29 00:00:00", "2024-03-03 12:00:00", "2024-02-29 23:59:59",
      "2024-03-01 00:30:00", "2024-02-28 00:00:00", "2024-03-04 00:00:00", "2024-03-05 00:00:00",
    ])
    let parts = try dataset.trainingParts()
    #expect(parts.map(\.name) == ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-03"])
    #expect(parts.map(\.gap) == [nil, nil, nil, "2024-03-02"])
    for (part, count) in zip(parts, [2, 2, 1, 1]) {
      #expect(
        try rows(dataset, part)
          == [UInt32](repeating: naiveHashID("x", part.name, 1000), count: count))
    }
    #expect(parts.map(\.paths.count) == [2, 1, 1, 1])
  }

  @Test func aColumnThatIsNoTimeHasNoDays() throws {
    let dataset = try timed(["1", "2", "3", "4", "5", "6", "7", "8"])
    #expect(
      sentence { _ = try dataset.trainingParts() }
        == "dataset.split.by: the column \"ts\" is compared as a number, expected a time: "
        + "training.progressive trains day by day; declare it in dataset.fields with type: "
        + "timestamp, or list one file per day in dataset.train")
  }

  @Test func vocabulariesAreFittedToOnePart() throws {
    let paths = try (0..<2).map { try folder.write("\($0).csv", "y,x\n1,v\($0)\n0,w\n") }
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    let dataset = try Dataset(settings: Sample.delimited(paths), features: features)
    let parts = try dataset.trainingParts()
    let first = try dataset.fit(part: parts[0])
    #expect(first.fields[0].encoding.vocabulary?.values == ["v0", "w"].map { Data($0.utf8) })
    let grown = try dataset.grow(first, part: parts[1]).encoder
    #expect(grown.fields[0].encoding.vocabulary?.values == ["v0", "w", "v1"].map { Data($0.utf8) })
  }
}
