import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

@Suite struct InspectionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func inspect(
    _ lines: [String], fields: [DatasetSettings.Field] = [],
    features: FeatureSettings = Sample.hashed
  ) throws -> Inspection {
    let path = try folder.write("t.csv", lines.map { $0 + "\n" }.joined())
    return try Dataset(settings: Sample.delimited([path], fields: fields), features: features)
      .inspection()
  }

  @Test func numbersAreCountedByTheirKind() throws {
    let numbers = ["-3", "-0.5", "0", "-0", "1", "1.5", "", " 5", "1e3", "1e-3", ""]
    let found = try inspect(
      ["y,n"] + numbers.map { "1,\($0)" }, fields: [.init(name: "n", kind: .numeric)]
    ).fields[0]
    #expect(found.isNumeric)
    #expect(found.negative == 2)
    #expect(found.fractional == 3)
    #expect(found.summary.missing == 2)
    #expect(found.summary.numbers == -3...1000)
    // −0 is 0: one of the nine numbers occurs twice.
    #expect(found.summary.distinct == 8)
    #expect(found.top[0] == FrequentValue(text: "0", count: 2))
  }

  @Test func repeatedLinesAreCountedAnywhere() throws {
    let found = try inspect(["y,a"] + ["1,p", "0,p", "1,p", "1,q", "1,p"])
    #expect(found.duplicateRows == 2)
    #expect(found.duplicatesSampled == 1)
  }

  @Test func quotedLinesRepeatToo() throws {
    #expect(try inspect(["y,a,b", "1,\"p,\"\"\",x", "1,\"p,\"\"\",x", "1,p,x"]).duplicateRows == 1)
  }

  @Test func duplicatesBeyondTheCapacityAreEstimated() {
    var lines = DistinctSample(capacity: 1000)
    // 40,000 lines, every fourth of them twice.
    for line in 0..<50_000 { lines.insert(CounterRandom.mix(UInt64(line % 40_000))) }
    #expect(lines.scale == 64 || lines.scale == 32 || lines.scale == 128)
    let repeated = lines.counts.reduce(0) { $0 + $1 - 1 } * lines.scale
    // The relative deviation of a quarter of about 625 lines is 1/11; four of these are allowed.
    #expect(abs(Double(repeated) / 10_000 - 1) < 0.36)
  }

  @Test func ascendingFieldsAreDetected() throws {
    let days = (0..<500).map { "\($0 % 2),2024-01-\(10 + $0 / 100),\($0 % 7)" }
    let fields = try inspect(["y,day,other"] + days).fields
    #expect(fields.map(\.isAscending) == [true, false])
    let late = try inspect(["y,day,other"] + days + ["1,2024-01-01,3"]).fields
    #expect(late.map(\.isAscending) == [false, false])
    #expect(try inspect(["y,a", "1,p", "0,p"]).fields[0].isAscending == false)
  }

  @Test(arguments: [([0, 1, 1, 3], 0), ([0, 2, 1, 3, 0], 2)])
  func descendingHoursAreCounted(_ hours: [Int], descents: Int) throws {
    let lines = hours.map { Sample.avazuLine(hour: "1410210\($0)") + "\n" }
    var settings = Sample.criteo(
      [try folder.write("a.csv", Sample.avazuHeader + "\n" + lines.joined())])
    settings.format = .avazu
    let found = try Dataset(settings: settings).inspection()
    #expect(found.hours?.first == "1410210\(hours[0])")
    #expect(found.hours?.last == "1410210\(hours[hours.count - 1])")
    #expect(found.hours?.descents == descents)
    // Derived texts must not be overwritten by those of a later row.
    let hour = try #require(found.fields.first { $0.summary.field.name == "hour" })
    #expect(Set(hour.top.map(\.text)) == Set(hours.map { "0\($0)" }))
  }

  @Test func rareValuesAreMeasuredAndAMinimumCountSuggested() throws {
    // Of 400 rows, `a` has one value, `b` one value and 8 unique ones, `c` unique values.
    let lines = (0..<400).map { "1,p,\($0 < 8 ? "\($0)" : "q"),r\($0)" }
    let fields = try inspect(["y,a,b,c"] + lines).fields
    #expect(fields.map(\.suggestedMinCount) == [10, 10, 1])
    #expect(fields[1].rare.map(\.rows) == [0.02, 0.02, 0.02])
    #expect(fields[1].rare[0].values == 8.0 / 9)
    #expect(fields.map(\.isIdentifier) == [false, false, true])
  }

  @Test func collisionsAreCountedAndBucketsSuggested() throws {
    var features = FeatureSettings()
    features.categorical = .hash(buckets: 1)
    let field = try inspect(["y,a"] + (0..<40).map { "1,v\($0)" }, features: features).fields[0]
    #expect(field.collisionShare == 1)
    #expect(field.suggestedBuckets == 640)
  }

  /// The file has several chunks: no text may be read after its chunk was reused.
  @Test func valuesOfLongFilesAreKept() throws {
    let rows = 60_000
    let found = try inspect(
      ["y,a,b"] + (0..<rows).map { "\($0 % 2),value-number-\($0 % 5)-padding,\($0)" })
    #expect(
      found.fields[0].top
        == (0..<5).map { FrequentValue(text: "value-number-\($0)-padding", count: rows / 5) })
    #expect(Set(found.fields[1].top.map(\.count)) == [1])
    #expect(found.sample.rows == rows)
  }

  @Test func theSampleOfManyFieldsHasFewerRows() {
    let sample = RowSample(fields: 4096)
    let found = [UInt64](repeating: 1, count: 4096)
    for position in 0..<5000 as Range<UInt64> {
      sample.see(position: position, isClick: false, found, stride: 1)
    }
    #expect(1024..<2048 ~= sample.rows)
  }

  @Test func lossesAreNamedWithTheEncodingThatKeepsWhatIsLost() throws {
    var features = FeatureSettings()
    features.categorical = .hash(buckets: 1)
    features.numeric = .logBucket
    // ⌊ln(x)²⌋ is 9 for the prices from 20.09 to 21, and 8 for nine others.
    let lines = (0..<400).map { "1,v\($0 % 9),\(20 + Double($0 % 100) / 100),\($0 % 2)" }
    let fields = ["a": DatasetSettings.Field.Kind.categorical, "p": .numeric, "n": .numeric]
    let found = try inspect(
      ["y,a,p,n"] + lines,
      fields: ["a", "p", "n"].map { .init(name: $0, kind: fields[$0] ?? .numeric) },
      features: features)
    #expect(found.losses.map(\.field.summary.field.name) == ["a", "p"])
    // Of ten buckets of 40 rows each, with an entropy of ln 10, two are left.
    let entropy = -(0.91 * log(0.91) + 0.09 * log(0.09))
    guard case .merged(let kept, let largest) = found.losses.last?.loss.kind else {
      Issue.record("\(found.losses)")
      return
    }
    expectClose(kept, entropy / log(10), .rounding)
    #expect(largest == 0.91)
    #expect(found.losses.last?.loss.cure == .numeric(.auto))
    #expect(
      found.losses.first?.loss
        == .init(kind: .collisions(1), cure: .categorical(.auto(.init()))))
  }

  @Test func rareValuesAreALossOfAVocabulary() throws {
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 10)
    let lines = (0..<400).map { "1,\($0 % 4 == 0 ? "v\($0)" : "q")" }
    let found = try inspect(["y,a"] + lines, features: features)
    #expect(
      found.losses.map(\.loss) == [
        .init(kind: .rare(0.25, minCount: 10), cure: .categorical(.auto(.init())))
      ])
  }

  @Test func theSampleOfRowsIsBoundedAndDependsOnlyOnPositions() {
    let samples = [1, 3].map { fields in
      let sample = RowSample(fields: fields)
      for position in 0..<300_000 as Range<UInt64> {
        let found = [UInt64](repeating: position, count: fields)
        sample.see(position: position, isClick: position % 3 == 0, found, stride: 1)
      }
      return sample
    }
    for sample in samples {
      // A quarter of 300,000, because half of them exceed the capacity.
      #expect(sample.rows <= RowSample.capacity && sample.rows > 70_000)
      #expect(
        (0..<sample.rows).allSatisfy { sample.isClick($0) == (sample.key($0, field: 0) % 3 == 0) })
      let heldOut = (0..<sample.rows).count { sample.isHeldOut($0) }
      #expect(abs(Double(heldOut) / Double(sample.rows) - 0.5) < 0.01)
    }
    #expect(
      (0..<samples[0].rows).map { samples[0].key($0, field: 0) }
        == (0..<samples[1].rows).map { samples[1].key($0, field: 2) })
  }
}
