import Foundation
import TestSupport
import Testing

@testable import ClickData

@Suite struct WeightColumnTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ text: String, weight: String? = "w") throws -> DatasetSettings {
    var settings = Sample.delimited([try folder.write("train.csv", text)])
    settings.weight = weight
    return settings
  }

  /// The weights of a pass in its order; nil where batches have none.
  private func weights(
    _ settings: DatasetSettings, cache: CacheFolder? = nil, order: RowOrder = .stored,
    batchSize: Int = 3
  ) throws -> [Float]? {
    let dataset = try Dataset(settings: settings, features: Sample.fixed, cache: cache)
    let stream = try dataset.batches(
      of: .train, encoder: try dataset.fit(), batchSize: batchSize, order: order)
    var weights: [Float]? = []
    while let batch = try stream.next() {
      weights = batch.weights.map { found in
        (weights ?? []) + (0..<batch.rows).map { found[$0] }
      }
    }
    return weights
  }

  private let rows = "label,a,w,b\n1,x,1,y\n0,x,0.25,y\n1,z,3e2,y\n0,z,0,q\n1,z,-0,q\n"

  @Test func rowsHaveTheWeightOfTheirColumn() throws {
    #expect(try weights(settings(rows)) == [1, 0.25, 300, 0, 0])
    #expect(try weights(settings(rows, weight: nil)) == nil)
  }

  @Test func theColumnIsNoFieldUnlessItIsListed() throws {
    let fields = { (settings: DatasetSettings) in
      try Dataset(settings: settings, features: Sample.fixed).fit().fields.map(\.name)
    }
    #expect(try fields(settings(rows)) == ["a", "b"])
    #expect(try fields(settings(rows, weight: nil)) == ["a", "w", "b"])
    var listed = try settings(rows)
    listed.fields = [.init(name: "w", kind: .numeric), .init(name: "a", kind: .categorical)]
    #expect(try fields(listed) == ["w", "a"])
    #expect(try weights(listed) == [1, 0.25, 300, 0, 0])
  }

  @Test func weightsDoNotChangeTheEncoder() throws {
    var without = try settings(rows, weight: nil)
    without.fields = [.init(name: "a", kind: .categorical), .init(name: "b", kind: .categorical)]
    let encoders = try [settings(rows), without].map {
      try Dataset(settings: $0, features: Sample.fixed).fit()
    }
    #expect(encoders[0] == encoders[1])
  }

  @Test(arguments: ["", "-1", "-0.001", "nan", "inf", "1e39", "abc", "1 2", "NULL"])
  func otherTextIsABadRow(text: String) throws {
    let path = folder.path + "/train.csv"
    var settings = try settings("label,a,w\n1,x,1\n0,y,\(text)\n1,z,2\n")
    settings.missing = ["NULL"]
    #expect(
      sentence { _ = try weights(settings) }
        == "\(path):3, column 3 (w): expected a weight from 0 to 3.4e38 (dataset.weight names its "
        + "column), found \"\(text)\"; repair the row or set dataset.on_bad_row: skip")
    settings.onBadRow = .skip
    settings.maxBadRows = .rows(1)
    #expect(try weights(settings) == [1, 2])
  }

  @Test func scansCountBadWeightsAsPassesDo() throws {
    var settings = try settings("label,a,w\n1,x,1\n0,y,-3\n1,z,2\n")
    settings.onBadRow = .skip
    settings.maxBadRows = .rows(1)
    let summary = try Dataset(settings: settings, features: Sample.hashed).inspect()
    #expect(summary.rows == 2 && summary.badRows.count == 1)
  }

  @Test func aColumnThatTheHeaderLacksIsNamed() throws {
    let settings = try settings("label,a\n1,x\n")
    #expect(
      sentence { _ = try weights(settings) }
        == "\(folder.path)/train.csv:1: expected the column \"w\" of dataset.weight in the header, "
        + "found label, a; name another column, or remove the key")
  }

  @Test func theLabelIsNoWeight() throws {
    var named = try settings(rows, weight: "label")
    let problem =
      "dataset.weight: expected another column than the label, found \"label\"; name the column of "
      + "the weights"
    // The label is the first column, and then the one that is named.
    for label in [nil, "label"] {
      named.label = label
      #expect(sentence { _ = try weights(named) } == problem)
    }
    var avazu = Sample.criteo([])
    avazu.source = ["s"]
    avazu.split = .init()
    (avazu.format, avazu.weight) = (.avazu, "click")
    #expect(sentence { try avazu.check() }.hasPrefix("dataset.weight: expected another column"))
  }

  @Test func avazuHasAWeightColumnByName() throws {
    let lines = (1...3).map { Sample.avazuLine(hour: "1410210\($0)") + ",0.5\n" }
    var settings = Sample.criteo(
      [try folder.write("a.csv", Sample.avazuHeader + ",w\n" + lines.joined())])
    (settings.format, settings.weight) = (.avazu, "w")
    #expect(try weights(settings) == [0.5, 0.5, 0.5])
  }

  @Test(arguments: [1, 7, 100])
  func weightsStayWithTheirRowsThroughShuffleAndCache(batchSize: Int) throws {
    let text = "label,a,w\n" + (0..<200).map { "\($0 % 2),v\($0),\($0)\n" }.joined()
    let settings = try settings(text)
    let cache = CacheFolder(folder.path + "/cache", writes: true)
    let order = RowOrder.shuffled(seed: 1, epoch: 0, bufferRows: 50)
    let dataset = try Dataset(settings: settings, features: Sample.fixed, cache: cache)
    let encoder = try dataset.fit()
    for order in [RowOrder.stored, order, order] {
      let stream = try dataset.batches(
        of: .train, encoder: encoder, batchSize: batchSize, order: order)
      var rows = 0
      while let batch = try stream.next() {
        let weights = try #require(batch.weights)
        for row in 0..<batch.rows { #expect(weights[row] == Float(batch.positions[row])) }
        rows += batch.rows
      }
      #expect(rows == 200)
    }
  }

  @Test func aCacheOfRowsWithOtherWeightsIsNotUsed() throws {
    var events: [CacheEvent] = []
    let text = "label,a,w,v\n" + (0..<200).map { "\($0 % 2),v\($0),\($0),\($0 + 1)\n" }.joined()
    for (weight, used) in [("w", false), ("w", true), ("v", false), (nil, false), (nil, true)] {
      events = []
      var settings = try settings(text, weight: weight)
      settings.fields = [.init(name: "a", kind: .categorical)]
      let cache = CacheFolder(folder.path + "/cache", writes: true) { events.append($0) }
      let found = try weights(settings, cache: cache)
      #expect(found == weight.map { name in (0..<200).map { Float(name == "w" ? $0 : $0 + 1) } })
      #expect(events.map(\.kind) == [used ? "used" : "written"], "\(weight ?? "none")")
    }
  }

  @Test func recordsHaveAWordForTheWeightOnlyIfRowsHaveOne() {
    let schema = [FieldSchema(name: "weight", kind: .category, rows: 3)]
    #expect(
      RecordLayout(schema, weighted: true).columns.map(\.name)
        == ["weight_", "label", "position", "weight"])
    #expect(RecordLayout(schema, weighted: true).words == 5)
    #expect(RecordLayout(schema).columns.map(\.name) == ["weight", "label", "position"])
    #expect(RecordLayout(schema).words == 4)
  }

  @Test func splitsKeepTheShareThatTheSettingsGiveThem() {
    var settings = DatasetSettings()
    (settings.negativeRate, settings.train) = (0.1, ["t"])
    let rates = { Split.allCases.map { settings.negativeRate(of: $0) } }
    #expect(rates() == [0.1, 1, 1])
    settings.sampledSplits = [.train, .test]
    #expect(rates() == [0.1, 1, 0.1])
    (settings.sampledSplits, settings.train, settings.source) = (nil, [], ["s"])
    #expect(rates() == [0.1, 0.1, 0.1])
    #expect(abs(settings.logitShift - -2.302585092994046) < 1e-15)
    settings.negativeRate = 1
    #expect(settings.logitShift == 0)
  }

  @Test func sharesOfNegativesAreChecked() {
    var settings = DatasetSettings()
    settings.train = ["t"]
    for rate in [0, -0.5, 1.5, .nan] {
      settings.negativeRate = rate
      #expect(
        sentence { try settings.check() }
          == "dataset.negative_rate: expected a number above 0 and at most 1, found \(rate)")
    }
    (settings.negativeRate, settings.sampledSplits) = (0.5, [.valid])
    #expect(
      sentence { try settings.check() }
        == "dataset.sampled_splits: expected train among them: dataset.negative_rate is the share "
        + "that the training rows kept")
  }
}
