import ClickData
import Foundation
import TestSupport
import Testing

@testable import Configuration

/// The data sets in `configs/datasets`, read from small files in the formats in which they are
/// distributed.
@Suite struct PublicDataSetTests {
  private static let configurations = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../configs/datasets").standardized.path
  private static let rows = 60

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func configuration(_ name: String) throws -> RunConfiguration {
    try RunConfiguration(file: "\(Self.configurations)/\(name).yaml")
  }

  /// The value of a categorical field that cycles through `number` values.
  private func category(_ row: Int, _ number: Int) -> String { "\(row % number)" }

  private static let avazuColumns = [
    "id", "click", "hour", "C1", "banner_pos", "site_id", "site_domain", "site_category", "app_id",
    "app_domain", "app_category", "device_id", "device_ip", "device_model", "device_type",
    "device_conn_type", "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21",
  ]
  private static let numbers = (1...13).map { "I\($0)" }
  private static let categories = (1...26).map { "C\($0)" }

  /// A row of Criteo's 40 columns, with blanks as in `train.txt` and its csv, or with fractions as
  /// in Criteo_x1.
  private func criteo(_ row: Int, separator: String, fractions: Bool) -> String {
    let numbers = (1...13).map { column in
      if fractions { return "\(Double(row * column) / 256)" }
      return row % 3 == 0 && column == 3 ? "" : "\(row * column - 2)"
    }
    let texts = (1...26).map { $0 == 5 && row % 2 == 0 && !fractions ? "" : category(row, $0) }
    return (["\(row % 4 == 0 ? 1 : 0)"] + numbers + texts).joined(separator: separator)
  }

  private func avazu(_ row: Int) -> String {
    (["\(1000 + row)", "\(row % 6 == 0 ? 1 : 0)", "1410\(21 + row % 7)\(10 + row % 5)"]
      + (3..<24).map { category(row, $0) }).joined(separator: ",")
  }

  /// Lines below a header, as the text of a file.
  private func text(_ header: [String]?, _ lines: [String]) -> String {
    ((header.map { [$0.joined(separator: ",")] } ?? []) + lines).map { $0 + "\n" }.joined()
  }

  /// The settings of a data set whose splits are three files of the same rows.
  private func splits(_ name: String, _ text: String) throws -> (RunConfiguration, Dataset) {
    var configuration = try configuration(name)
    #expect(configuration.dataset.train == ["data/\(name)/train.csv"])
    #expect(configuration.dataset.valid == ["data/\(name)/valid.csv"])
    #expect(configuration.dataset.test == ["data/\(name)/test.csv"])
    configuration.dataset.train = [try folder.write("train.csv", text)]
    configuration.dataset.valid = [try folder.write("valid.csv", text)]
    configuration.dataset.test = [try folder.write("test.csv", text)]
    return (
      configuration,
      try Dataset(settings: configuration.dataset, features: configuration.features)
    )
  }

  /// Reads every split, expects every row and clicks, and ids within their tables.
  private func read(_ dataset: Dataset, _ encoder: FittedEncoder) throws -> (
    rows: Int, clicks: Float
  ) {
    var rows = 0
    var clicks: Float = 0
    for split in Split.allCases {
      let stream = try dataset.batches(of: split, encoder: encoder, batchSize: 7)
      while let batch = try stream.next() {
        rows += batch.rows
        for row in 0..<batch.rows {
          clicks += batch.labels[row]
          for (field, schema) in encoder.schema.enumerated() {
            #expect(Int(batch.ids(field)[row]) < schema.rows)
          }
        }
      }
    }
    return (rows, clicks)
  }

  @Test func everyDataSetHasATest() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.configurations)
    #expect(
      files.sorted() == [
        "adult.yaml", "avazu.yaml", "avazu_x1.yaml", "avazu_x4.yaml", "criteo.yaml",
        "criteo_x1.yaml", "criteo_x4.yaml", "flights.yaml", "frappe_x1.yaml",
        "movielens_latest_x1.yaml", "open_bandit.yaml",
      ])
  }

  @Test func criteoX1GivesEveryValueAnIdAndKeepsTheNumbers() throws {
    let lines = (0..<Self.rows).map { criteo($0, separator: ",", fractions: true) }
    let text = text(["label"] + Self.numbers + Self.categories, lines)
    let (_, dataset) = try splits("criteo_x1", text)
    let encoder = try dataset.fit()
    #expect(encoder.schema.map(\.name) == Self.numbers + Self.categories)
    #expect(encoder.schema.prefix(13).allSatisfy { $0.kind == .value })
    #expect(encoder.schema.dropFirst(13).allSatisfy { $0.kind == .category })
    // Two more than there are values: padding and unseen values.
    #expect(Array(encoder.schema.map(\.rows).suffix(26)) == Array(3...28))
    #expect(try read(dataset, encoder) == (3 * Self.rows, 3 * 15))
    let batch = try #require(
      try dataset.batches(of: .train, encoder: encoder, batchSize: 9).next())
    for row in 0..<9 { #expect(batch.values(2)?[row] == Float(row * 3) / 256) }
  }

  @Test func criteoX4BucketsNumbersAndLeavesOutRareValues() throws {
    let lines = (0..<Self.rows).map { criteo($0, separator: ",", fractions: false) }
    let text = text(["Label"] + Self.numbers + Self.categories, lines)
    let (_, dataset) = try splits("criteo_x4", text)
    let encoder = try dataset.fit()
    #expect(encoder.schema.map(\.name) == Self.numbers + Self.categories)
    #expect(encoder.schema.prefix(13).allSatisfy { $0.rows == 2009 && $0.kind == .category })
    // Of 60 rows in turn, a value of six or fewer has at least ten; of C5's five, half the rows are
    // blank.
    let expected = (1...26).map { (values: Int) -> Int in values > 6 || values == 5 ? 2 : values + 2
    }
    #expect(Array(encoder.schema.map(\.rows).suffix(26)) == expected)
    #expect(try read(dataset, encoder) == (3 * Self.rows, 3 * 15))
  }

  @Test func avazuX1HasTwentyTwoFieldsWithoutNames() throws {
    let names = (1...22).map { "feat_\($0)" }
    let lines = (0..<Self.rows).map { row in
      (["\(row % 5 == 0 ? 1 : 0)"] + (1...22).map { category(row, $0) }).joined(separator: ",")
    }
    let (_, dataset) = try splits("avazu_x1", text(["label"] + names, lines))
    let encoder = try dataset.fit()
    #expect(encoder.schema.map(\.name) == names)
    #expect(encoder.schema.map(\.rows) == Array(3...24))
    #expect(try read(dataset, encoder) == (3 * Self.rows, 3 * 12))
  }

  @Test func avazuX4DropsTheIdAndDerivesThreeFields() throws {
    let lines = (0..<Self.rows).map(avazu)
    let (_, dataset) = try splits("avazu_x4", text(Self.avazuColumns, lines))
    let encoder = try dataset.fit()
    #expect(
      encoder.schema.map(\.name) == Self.avazuColumns.dropFirst(2) + ["weekday", "weekend"])
    // Five hours, then as many values as the column's number, seven days, two kinds of day; each is
    // in two rows at least.
    #expect(encoder.schema.map(\.rows) == [7] + Array(5...25) + [9, 4])
    #expect(try read(dataset, encoder) == (3 * Self.rows, 3 * 10))
  }

  @Test func rawCriteoIsSplitRowByRow() throws {
    var configuration = try configuration("criteo")
    #expect(configuration.dataset.source == ["data/criteo/train.txt"])
    let lines = (0..<Self.rows).map { criteo($0, separator: "\t", fractions: false) }
    configuration.dataset.source = [try folder.write("train.txt", text(nil, lines))]
    let dataset = try Dataset(
      settings: configuration.dataset, features: configuration.features)
    let encoder = try dataset.fit()
    #expect(encoder.schema.map(\.name) == Self.numbers + Self.categories)
    #expect(try read(dataset, encoder) == (Self.rows, 15))
  }

  @Test func rawAvazuIsReadCompressed() throws {
    var configuration = try configuration("avazu")
    #expect(configuration.dataset.source == ["data/avazu/train.gz"])
    let text = text(Self.avazuColumns, (0..<Self.rows).map(avazu))
    configuration.dataset.source = [try folder.write("train.gz", GzipFile.member(text))]
    let dataset = try Dataset(
      settings: configuration.dataset, features: configuration.features)
    let encoder = try dataset.fit()
    #expect(encoder.schema.count == 24)
    #expect(try read(dataset, encoder) == (Self.rows, 10))
  }

  /// Values are the numbers that AFN assigned, across all fields.
  @Test(arguments: [
    (
      "frappe_x1",
      [
        "user", "item", "daytime", "weekday", "isweekend", "homework", "cost", "weather",
        "country", "city",
      ]
    ), ("movielens_latest_x1", ["user_id", "item_id", "tag_id"]),
  ])
  func aNumberedDataSetGivesEveryValueAnId(name: String, fields: [String]) throws {
    let lines = (0..<Self.rows).map { row in
      (["\(row % 3 == 0 ? 1 : 0)"] + fields.indices.map { "\(100 * $0 + row % ($0 + 2))" })
        .joined(separator: ",")
    }
    let (_, dataset) = try splits(name, text(["label"] + fields, lines))
    let encoder = try dataset.fit()
    #expect(encoder.label == "label")
    #expect(encoder.schema.map(\.name) == fields)
    #expect(encoder.schema.map(\.rows) == fields.indices.map { $0 + 4 })
    #expect(try read(dataset, encoder) == (3 * Self.rows, 3 * 20))
  }

  /// Files that the scripts of the project write: one source, split row by row.
  @Test(arguments: [
    (
      "adult", "income_over_50k", 14, ["data/adult_train.csv.gz", "data/adult_test.csv.gz"],
      "39,State-gov,77516,Bachelors,13,Never-married,Adm-clerical,Not-in-family,White,Male,0,0,40,"
    ),
    (
      "open_bandit", "click", 16, ["data/open_bandit.csv.gz"],
      "2019-11-24 00:00:17.004101+00:00,bts,all,all:79,2,81ce,03a5,7bc9,c39b,-0.9,539e,b70d,3c8f,0.0"
    ),
    (
      "flights", "late", 27, ["data/flights.csv.gz"],
      "2013-01-01,2013-01-01T05:15:00Z,UA,1545,N14228,EWR,IAH,1400,15,39.02,28.04,64.43,260,12.7,,0,"
        + "1011.9,10,1999,Fixed wing,BOEING,737-824,2,149,,Turbo-fan"
    ),
  ])
  func aFetchedFileIsSplitRowByRow(
    name: String, label: String, fields: Int, source: [String], row: String
  ) throws {
    var configuration = try configuration(name)
    #expect(configuration.dataset.source == source)
    // The columns of the script's header, of which `speed` is not a field.
    var columns = configuration.dataset.fields.map(\.name)
    if name == "flights" { columns.insert("speed", at: columns.count - 1) }
    let lines = (0..<Self.rows).map { "\($0 % 3 == 0 ? 1 : 0),\(row)" }
    configuration.dataset.source = [try folder.write("rows.csv", text([label] + columns, lines))]
    let dataset = try Dataset(
      settings: configuration.dataset, features: configuration.features)
    let encoder = try dataset.fit()
    #expect(encoder.label == label)
    #expect(encoder.schema.count == fields)
    #expect(try read(dataset, encoder) == (Self.rows, 20))
  }

  /// The tables of the paper's models have the sizes of these vocabularies (section 5).
  @Test(arguments: ["criteo_x1", "avazu_x4"])
  func theModelsOfAPaperReadItsDataSet(name: String) throws {
    let base = try RunConfiguration(file: "\(Self.configurations)/../\(name)/fm_dis.yaml")
    let dataset = try configuration(name)
    #expect(base.dataset == dataset.dataset)
    #expect(base.features == dataset.features)
  }
}
