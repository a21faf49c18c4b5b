import ClickData
import Foundation
import Testing

/// Rows of real data sets, if they are in a folder beside the package.
@Suite struct RealRowsTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data").path

  private func path(_ name: String) -> String? {
    let path = "\(Self.folder)/\(name)"
    guard FileManager.default.fileExists(atPath: path) else {
      print("skipped: no real rows at \(path)")
      return nil
    }
    return path
  }

  @Test func adultDecodesWhole() throws {
    guard let train = path("adult_train.csv.gz"), let test = path("adult_test.csv.gz") else {
      return
    }
    let numeric: Set = [
      "age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week",
    ]
    var settings = Sample.delimited([train])
    settings.test = [test]
    let names = try Dataset(settings: settings).fit().fields.map(\.name)
    #expect(names.count == 14)
    settings.fields = names.map {
      .init(name: $0, kind: numeric.contains($0) ? .numeric : .categorical)
    }
    let dataset = try Dataset(settings: settings)
    let rows = try dataset.rows(of: .train, batchSize: 4096)
    #expect(rows.count == 32_561)
    // The number of incomes over 50 K that the source documents.
    #expect(rows.count { $0.label == 1 } == 7_841)
    #expect(try dataset.rows(of: .test, batchSize: 4096).count == 16_281)
    let summary = try dataset.inspect()
    #expect(summary.fields[0].numbers == 17...90)
    #expect(summary.fields.first { $0.field.name == "workclass" }?.missing == 1_836)
  }

  @Test func openBanditDecodesWhole() throws {
    for (name, clicks) in [("open_bandit_bts", 115), ("open_bandit_random", 92)] {
      guard let path = path("\(name).csv.gz") else { return }
      let dataset = try Dataset(settings: Sample.delimited([path]))
      let rows = try dataset.rows(
        batchSize: 4096, order: .shuffled(seed: 1, epoch: 0, bufferRows: 5000))
      #expect(rows.count == 20_000)
      #expect(rows.count { $0.label == 1 } == clicks)
    }
  }
}
