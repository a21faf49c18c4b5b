import TestSupport
import Testing

@testable import ClickData

/// How many bad rows a pass may skip.
@Suite struct BadRowShareTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What reading `rows` rows ends with, where those that `isBad` selects have no number.
  private func outcome(
    rows: Int, limit: BadRowLimit? = nil, isBad: (Int) -> Bool
  ) throws -> String {
    let lines = (1...rows).map { isBad($0) ? "1,NULL\n" : "\($0 % 2),\($0)\n" }
    let path = try folder.write("t.csv", "label,price\n" + lines.joined())
    var settings = Sample.delimited([path], fields: [.init(name: "price", kind: .numeric)])
    settings.label = "label"
    settings.onBadRow = .skip
    if let limit { settings.maxBadRows = limit }
    return sentence {
      let read = try Dataset(settings: settings).rows(batchSize: 1000).count
      #expect(read == (1...rows).count { !isBad($0) })
    }.replacing(path, with: "t.csv")
  }

  private static let first = #"t.csv:2, column 2 (price): expected a number, found "NULL""#

  @Test func onePerCentOfTheRowsMayBeBadByDefault() throws {
    #expect(try outcome(rows: 200) { $0 <= 2 } == "nothing was thrown")
    #expect(try outcome(rows: 3) { $0 <= 1 } == "nothing was thrown")
    #expect(try outcome(rows: 3, limit: .share(0)) { $0 <= 1 }.contains("1 of 3 rows are bad"))
    #expect(
      try outcome(rows: 200) { $0 <= 3 }
        == "dataset.train: 3 of 200 rows are bad, 1.5 %, and dataset.max_bad_rows allows 1 %; "
        + "the first: \(Self.first); repair the data or raise the limit")
  }

  /// The beginning of a log may be worse than the rest, but no long pass reads rubbish to its end.
  @Test func aShareIsJudgedFromAHundredThousandRowsOn() throws {
    let found = try outcome(rows: 100_500) { $0 <= 1000 || $0 > 100_000 }
    #expect(
      found == #"t.csv:100002, column 2 (price): expected a number, found "NULL"; "#
        + "1001 of the first 100001 rows are bad, 1.001 %, and dataset.max_bad_rows allows 1 %; "
        + "repair the data or raise the limit")
  }

  @Test func onlyBadRowsAreAnErrorOfTheirOwn() throws {
    for limit: BadRowLimit in [.share(1), .rows(1000), .share(0.01)] {
      #expect(
        try outcome(rows: 30, limit: limit) { _ in true }
          == "dataset.train: all 30 rows read are bad; the first: \(Self.first); "
          + "check dataset.format, dataset.label and dataset.fields")
    }
  }

  @Test func aNumberOfRowsLimitsThemAsSoonAsItIsExceeded() throws {
    #expect(try outcome(rows: 30, limit: .rows(9)) { $0 % 3 == 0 }.contains("t.csv:31, column 2"))
    #expect(try outcome(rows: 30, limit: .rows(10)) { $0 % 3 == 0 } == "nothing was thrown")
    #expect(try outcome(rows: 30, limit: .share(0.4)) { $0 % 3 == 0 } == "nothing was thrown")
  }

  /// The bytes reported are those of the rows delivered, not of the rows read ahead.
  @Test func progressFollowsTheRowsDelivered() throws {
    let lines = (1...20_000).map { "\($0 % 2),\($0)\n" }
    let path = try folder.write("t.csv", "label,price\n" + lines.joined())
    var settings = Sample.delimited([path], fields: [.init(name: "price", kind: .numeric)])
    settings.label = "label"
    let dataset = try Dataset(settings: settings)
    let stream = try dataset.batches(
      of: .train, encoder: try dataset.fit(), batchSize: 100,
      order: .shuffled(seed: 1, epoch: 0, bufferRows: 1 << 20))
    while let batch = try stream.next(), batch.positions[0] != .max {
      let progress = stream.progress
      let total = try #require(progress.totalBytes)
      #expect(
        abs(Double(progress.bytesRead) / Double(total) - Double(progress.rows) / 20_000) < 1e-3)
    }
  }
}
