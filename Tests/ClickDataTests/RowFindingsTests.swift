import TestSupport
import Testing

@testable import ClickData

/// Blank values, blank rows and cut sequences of a pass.
@Suite struct RowFindingsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let text = """
    y,user,price,hist
    1,a,1,x|y
    0,,2,x|y|z
    1,,,||
    0,b,,|x||y|
    0,,no number,x|y|z
    1,c,3,x|y||
    0,,,

    """

  private func dataset(cached: Bool = false) throws -> Dataset {
    let path = try folder.write("t.csv", Self.text)
    var settings = Sample.delimited(
      [path],
      fields: [
        .init(name: "user", kind: .categorical), .init(name: "price", kind: .numeric),
        .init(name: "hist", kind: .sequence, sequence: SequenceRule(maxLength: 2)),
      ])
    settings.label = "y"
    settings.onBadRow = .skip
    settings.maxBadRows = .rows(1)
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    return try Dataset(
      settings: settings, features: features,
      cache: cached ? CacheFolder("\(folder.path)/cache", writes: true) { _ in } : nil)
  }

  /// The fifth row is bad and counts nowhere; values between splitters are no values.
  @Test(arguments: [RowOrder.stored, .shuffled(seed: 1, epoch: 0, bufferRows: 3)])
  func goodRowsAreCounted(order: RowOrder) throws {
    let dataset = try dataset()
    let stream = try dataset.batches(
      of: .train, encoder: try dataset.fit(), batchSize: 2, order: order)
    #expect(try stream.allRows().count == 6)
    let found = stream.progress.findings
    #expect(found.blanks == [3, 0, 0] && found.blankRows == 2 && found.cuts == [0, 0, 1])
  }

  @Test func aCacheKeepsTheCounts() throws {
    let dataset = try dataset(cached: true)
    let encoder = try dataset.fit()
    let found = try (0..<2).map { _ in
      let stream = try dataset.batches(of: .train, encoder: encoder, batchSize: 4)
      _ = try stream.allRows()
      return stream.progress.findings
    }
    #expect(found[0] == found[1] && found[1].blankRows == 2)
  }

  @Test func blanksOfAVocabularyShareTheRowOfUnknownValues() throws {
    let schema = try dataset().fit().schema
    // The last two of x|y|z are kept, so that all three values are in the vocabulary.
    #expect(schema.map(\.unknownRow) == [4, nil, 4])
  }
}
