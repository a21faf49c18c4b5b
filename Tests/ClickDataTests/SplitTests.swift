import ClickData
import TestSupport
import Testing

@Suite struct SplitTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ paths: [String], seed: Int = 2018) -> DatasetSettings {
    var settings = DatasetSettings()
    settings.source = paths
    settings.split = DatasetSettings.SplitShares()
    settings.split?.seed = seed
    return settings
  }

  /// Lines with distinct first numbers.
  private func text(_ rows: Range<Int>) -> String { Sample.criteoText(rows) }

  private func ids(_ settings: DatasetSettings, _ split: Split) throws -> [[UInt32]] {
    try Dataset(settings: settings, features: Sample.fixed).rows(of: split).map(\.ids)
  }

  @Test func splitsDivideTheRowsByTheirShares() throws {
    let path = try folder.write("s.tsv", text(0..<20_000))
    let rows = try Split.allCases.map { try ids(settings([path]), $0).count }
    #expect(rows.reduce(0, +) == 20_000)
    // Standard deviations 57 and 42.
    #expect(abs(rows[0] - 16_000) < 300)
    #expect(abs(rows[1] - 2_000) < 220)
    let other = try ids(settings([path], seed: 1), .valid)
    #expect(try other != ids(settings([path]), .valid))
  }

  @Test func theSplitOfARowIgnoresFileOrderAndFolder() throws {
    let a = try folder.write("a.tsv", text(0..<300))
    let b = try folder.write("b.tsv", text(300..<600))
    let elsewhere = try TemporaryFolder()
    // Sorted by path, the files are in another order.
    let moved = try elsewhere.write("a.tsv", text(0..<300))
    for split in Split.allCases {
      let together = try ids(settings([a, b]), split)
      #expect(try ids(settings([b, a]), split) == together)
      #expect(try ids(settings([a]), split) + ids(settings([b]), split) == together)
      #expect(try ids(settings([moved]), split) == ids(settings([a]), split))
    }
  }

  @Test func badRowsOfOtherSplitsAreNotRead() throws {
    let lines = (0..<200).map { $0 == 57 ? "bad" : Sample.criteoLine($0) }
    let path = try folder.write("s.tsv", lines.joined(separator: "\n"))
    let failures = try Split.allCases.filter { split in
      let dataset = try Dataset(settings: settings([path]), features: Sample.fixed)
      return sentence { _ = try dataset.rows(of: split) }.contains(":58: expected 40 columns")
    }
    #expect(failures.count == 1)
  }

  @Test func aSplitWithoutAShareIsMissing() throws {
    var settings = settings([try folder.write("s.tsv", text(0..<50))])
    settings.split?.train = 0.9
    settings.split?.test = 0
    let dataset = try Dataset(settings: settings, features: Sample.fixed)
    #expect(dataset.has(.valid))
    #expect(!dataset.has(.test))
    #expect(
      sentence { _ = try dataset.rows(of: .test) }
        == "dataset.test: expected files or a share of the source, found neither; add them")
    let rows = try dataset.rows(of: .train).count + dataset.rows(of: .valid).count
    #expect(rows == 50)
  }
}
