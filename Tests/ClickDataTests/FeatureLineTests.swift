import Platform
import TestSupport
import Testing

@testable import ClickData

/// libffm and libsvm: a label, then features.
@Suite struct FeatureLineTests {
  private let folder: TemporaryFolder

  private static let labels = "0 or 1 (dataset.positive specifies another value of a click)"

  init() throws { folder = try TemporaryFolder() }

  private static let fields: [DatasetSettings.Field] = [
    .init(name: "user", kind: .categorical, numbers: nil),
    .init(name: "age", kind: .numeric),
    .init(
      name: "tags", kind: .sequence, sequence: SequenceRule(maxLength: 3, pooling: .sum),
      numbers: 7...7),
    .init(name: "item", kind: .categorical),
  ]
  /// The same fields with ranges of features.
  private static let ranges: [DatasetSettings.Field] = zip(
    fields, [1...9, 10...10, 20...29, 30...99] as [ClosedRange<UInt64>]
  )
  .map { field, numbers in
    var field = field
    field.numbers = numbers
    return field
  }

  private func dataset(
    _ text: String, _ format: DatasetSettings.Format, _ fields: [DatasetSettings.Field],
    features: FeatureSettings? = nil, _ change: (inout DatasetSettings) -> Void = { _ in }
  ) throws -> Dataset {
    var settings = Sample.delimited([try folder.write("t.txt", text)], fields: fields)
    settings.format = format
    change(&settings)
    var standard = Sample.fixed
    standard.numeric = .value
    return try Dataset(settings: settings, features: features ?? standard)
  }

  private func id(_ field: String, _ text: String) -> UInt32 { naiveHashID(field, text, 1000) }

  @Test func fieldsMayBeInAnyOrderOrMissing() throws {
    let text = "1 0:17:1 1:1:2.5 7:3:1 7:4:0.5 8:99:1\n-1\t8:99:1.0  0:0017:1\n+1\r\n0 1:5:-3\n"
    let rows = try dataset(text, .libffm, Self.fields).rows()
    #expect(rows.map(\.label) == [1, 0, 1, 0])
    #expect(
      rows.map { [$0.ids[0], $0.ids[3]] } == [
        [id("user", "17"), id("item", "99")], [id("user", "17"), id("item", "99")], [0, 0], [0, 0],
      ])
    #expect(rows.map { $0.ids[1] } == [1, 0, 0, 1])
    #expect(rows.map { $0.values[1] } == [2.5, 1, 1, -3])
    #expect(rows.map(\.sequences) == [[[id("tags", "3"), id("tags", "4")]], [[0]], [[0]], [[0]]])
    #expect(rows.map(\.weights) == [[[1, 0.5]], [[1]], [[1]], [[1]]])
  }

  @Test func featuresOfLibsvmBelongToTheFieldOfTheirNumber() throws {
    let rows = try dataset("1 7:1 10:2.5 20:1 29:-2 30:1\n0 99:1\n", .libsvm, Self.ranges).rows()
    #expect(rows.map { $0.ids[0] } == [id("user", "7"), 0])
    #expect(rows.map { $0.ids[3] } == [id("item", "30"), id("item", "99")])
    #expect(rows[0].values[1] == 2.5)
    #expect(rows[0].sequences == [[id("tags", "20"), id("tags", "29")]])
    #expect(rows[0].weights == [[1, -2]])
  }

  @Test func numbersMayHave64Bits() throws {
    let numbers = ["18446744073709551615", "3434298343398869075", "0"]
    let field = DatasetSettings.Field(name: "a", kind: .categorical)
    let libffm = numbers.map { "1 0:\($0):1\n" }.joined() + "1 0:00018446744073709551615:1\n"
    #expect(
      try dataset(libffm, .libffm, [field]).rows().map(\.ids)
        == (numbers + [numbers[0]]).map { [id("a", $0)] })
    let high = DatasetSettings.Field(
      name: "b", kind: .categorical, numbers: 1 << 63...UInt64.max)
    let low = DatasetSettings.Field(name: "a", kind: .categorical, numbers: 0...(1 << 63 - 1))
    #expect(
      try dataset("1 \(numbers[0]):1 \(numbers[1]):1\n", .libsvm, [low, high]).rows().map(\.ids)
        == [[id("a", numbers[1]), id("b", numbers[0])]])
    #expect(
      try dataset("1 \(numbers[0]):2\n", .libsvm, []).rows()[0].sequences
        == [[id("features", numbers[0])]])
  }

  @Test func withoutFieldsALibsvmRowIsOneSequence() throws {
    let dataset = try dataset("1 3:0.5 17:2\n0 5:1\n", .libsvm, [])
    #expect(try dataset.fit().schema.map(\.name) == ["features"])
    #expect(try dataset.fit().schema.map(\.maxValues) == [64])
    let rows = try dataset.rows()
    #expect(rows[0].sequences == [[id("features", "3"), id("features", "17")]])
    #expect(rows[0].weights == [[0.5, 2]])
  }

  @Test(arguments: [
    ("2 0:1:1", 1, "label", labels, "2"),
    ("1.5 0:1:1", 1, "label", labels, "1.5"),
    (" 1 0:1:1", 1, "label", labels, ""),
    ("1 0:1", 2, "feature", "field:feature:value with two whole numbers before the value", "0:1"),
    (
      "1 0:1:1 a:1:1", 3, "feature", "field:feature:value with two whole numbers before the value",
      "a:1:1"
    ),
    (
      "1 0:-1:1", 2, "feature", "field:feature:value with two whole numbers before the value",
      "0:-1:1"
    ),
    ("1 0:1:", 2, "feature", "field:feature:value with two whole numbers before the value", "0:1:"),
    ("1 0:18446744073709551616:1", 2, "feature", "numbers below 2^64", "0:18446744073709551616:1"),
    (
      "1 123456789012345678901:1:1", 2, "feature", "numbers below 2^64",
      "123456789012345678901:1:1"
    ),
    ("1 2:5:1", 2, "feature", "a field of dataset.fields (0 to 8)", "2:5:1"),
    ("1 9:5:1", 2, "feature", "a field of dataset.fields (0 to 8)", "9:5:1"),
    (
      "1 0:5:1 8:1:1 0:6:1", 4, "user",
      "one feature of this field (type: sequence takes several)", "0:6:1"
    ),
    (
      "1 8:1:0.5", 2, "item",
      "the value 1 of a category (type: sequence and type: numeric take others)", "8:1:0.5"
    ),
    (
      "1 8:1:x", 2, "item",
      "the value 1 of a category (type: sequence and type: numeric take others)", "8:1:x"
    ),
    ("1 0:5:1 1:1:x", 3, "age", "a number", "x"),
    ("1 1:1:1e39", 2, "age", "a number of at most 3.4e38 in size", "1e39"),
    ("1 7:1:nan", 2, "tags", "a value of at most 3.4e38 in size", "7:1:nan"),
    (
      "1 7:1:1 7:2:1 7:3:1 7:4:1", 5, "tags", "at most 3 features of this field (its max_len)",
      "7:4:1"
    ),
  ])
  func brokenFeaturesAreReported(
    line: String, place: Int, name: String, expected: String, found: String
  ) throws {
    let dataset = try dataset("1 0:1:1\n\(line)\n", .libffm, Self.fields)
    expectRefusal(of: dataset, place, name, expected, found)
    let rest = try self.dataset("1 0:1:1\n\(line)\n0 0:2:1\n", .libffm, Self.fields) {
      $0.onBadRow = .skip
    }
    #expect(try rest.rows().map(\.position) == [0, 2])
  }

  @Test(arguments: [
    ("1 5", 2, "feature", "feature:value with a whole number before the value", "5"),
    ("1 0:1:1", 2, "feature", "a feature of a field of dataset.fields (1 to 99)", "0:1:1"),
    ("1 11:1", 2, "feature", "a feature of a field of dataset.fields (1 to 99)", "11:1"),
    ("1 100:1", 2, "feature", "a feature of a field of dataset.fields (1 to 99)", "100:1"),
    (
      "1 7:1:1", 2, "user",
      "the value 1 of a category (type: sequence and type: numeric take others)", "7:1:1"
    ),
  ])
  func brokenFeaturesOfLibsvmAreReported(
    line: String, place: Int, name: String, expected: String, found: String
  ) throws {
    let dataset = try dataset("1 7:1\n\(line)\n", .libsvm, Self.ranges)
    expectRefusal(of: dataset, place, name, expected, found)
  }

  /// Expects that the second line is refused, and where it is broken.
  private func expectRefusal(
    of dataset: Dataset, _ place: Int, _ name: String, _ expected: String, _ found: String
  ) {
    #expect(
      sentence { _ = try dataset.rows() }
        == "\(folder.path)/t.txt:2, column \(place) (\(name)): expected \(expected), found "
        + "\"\(found)\"; repair the row or set dataset.on_bad_row: skip")
  }

  /// Lines of random features in random order, with the rows of a naive reading.
  @Test func randomLinesMatchANaiveReading() throws {
    var random = Draws(seed: 5)
    var text = ""
    var expected: [(user: UInt32, item: UInt32, tags: [UInt32], weights: [Float])] = []
    for _ in 0..<500 {
      var features: [String] = []
      var row = (user: UInt32(0), item: UInt32(0), tags: [UInt32](), weights: [Float]())
      if random.below(3) > 0 {
        let number = random.below(1000)
        row.user = id("user", "\(number)")
        features.append("0:\(number):1")
      }
      if random.below(3) > 0 {
        let number = random.below(100_000)
        row.item = id("item", "\(number)")
        features.append("8:\(number):1")
      }
      for _ in 0..<random.below(4) {
        let number = random.below(50)
        let weight = Float(random.below(16)) / 8
        row.tags.append(id("tags", "\(number)"))
        row.weights.append(weight)
        // Sequences keep their order; the other fields may precede or follow them.
        features.insert("7:\(number):\(weight)", at: features.count)
      }
      if random.below(2) == 0, let first = features.first, !first.hasPrefix("7") {
        features.append(features.removeFirst())
      }
      if row.tags.isEmpty { (row.tags, row.weights) = ([0], [1]) }
      expected.append(row)
      text += (["\(random.below(2) == 0 ? "-1" : "+1")"] + features).joined(separator: " ") + "\n"
    }
    let rows = try dataset(text, .libffm, Self.fields).rows()
    #expect(rows.map { $0.ids[0] } == expected.map(\.user))
    #expect(rows.map { $0.ids[3] } == expected.map(\.item))
    #expect(rows.map { $0.sequences[0] } == expected.map(\.tags))
    #expect(rows.map { $0.weights[0] } == expected.map(\.weights))
  }

  private struct Draws {
    let random: CounterRandom
    var position: UInt64 = 0
    init(seed: UInt64) { random = CounterRandom(seed: seed, stream: 1) }
    mutating func below(_ bound: Int) -> Int {
      position += 1
      return random.integer(position, below: bound)
    }
  }

  @Test func allEncodingsAreFittedAndInspected() throws {
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    features.numeric = .standardValue
    let text = "1 0:1:1 1:1:2 7:5:1 7:6:1\n0 8:3:1 7:6:1 0:1:1\n1 1:1:4\n1 1:1:4\n"
    let dataset = try dataset(text, .libffm, Self.fields, features: features)
    #expect(try dataset.fit().schema.map(\.rows) == [3, 2, 4, 3])
    #expect(try dataset.rows().map { $0.sequences[0] } == [[2, 1], [1], [0], [0]])
    let found = try dataset.inspection()
    #expect(found.summary.fields.map(\.missing) == [2, 1, 2, 3])
    #expect(found.summary.fields.map(\.distinct) == [1, 2, 2, 1])
    #expect(found.duplicateRows == 1)
  }

  @Test func aSourceIsSplitByItsLines() throws {
    let text = (0..<300).map { "\($0 % 2) 0:\($0):1\n" }.joined()
    let dataset = try dataset(text, .libffm, Self.fields) {
      $0.source = $0.train
      $0.train = []
      $0.split = .init()
    }
    let ids = try Split.allCases.flatMap { try dataset.rows(of: $0).map { $0.ids[0] } }
    #expect(ids.count == 300)
    #expect(Set(ids) == Set((0..<300).map { id("user", "\($0)") }))
  }

  @Test func impossibleFieldsAreRefused() throws {
    let field = { (name: String, numbers: ClosedRange<UInt64>?) in
      DatasetSettings.Field(name: name, kind: .categorical, numbers: numbers)
    }
    for (format, fields, expected) in [
      (
        DatasetSettings.Format.libffm, [],
        "dataset.fields: expected the fields of the libffm file in the order of their numbers, "
          + "found none; list them"
      ),
      (
        .libffm, [field("a", nil), field("b", 0...0)],
        "dataset.fields: expected each number in one field, found 0 in a and in b; separate them"
      ),
      (
        .libsvm, [field("a", 1...5), field("b", 5...9)],
        "dataset.fields: expected each number in one field, found 5 in a and in b; separate them"
      ),
      (
        .libsvm, [field("a", 1...5), field("b", nil)],
        "dataset.fields, b: expected first and last, the numbers of its features, "
          + "found neither; add them"
      ),
    ] {
      #expect(sentence { _ = try dataset("1\n", format, fields) } == expected)
    }
  }
}
