import Platform
import TestSupport
import Testing

@testable import ClickData

@Suite struct ScanTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func count(_ values: Range<UInt64>, repeats: Int = 1) -> (count: Int, exact: Bool) {
    var counter = DistinctCounter()
    defer { counter.deallocate() }
    for _ in 0..<repeats { for value in values { counter.insert(CounterRandom.mix(value)) } }
    return counter.distinct
  }

  @Test(arguments: [0, 1, 5, 33, 4097, 65_535, 65_536] as [UInt64])
  func distinctValuesAreCountedExactly(_ values: UInt64) {
    #expect(count(0..<values, repeats: 3) == (Int(values), true))
  }

  /// The standard error is 0.8 %; four of these are allowed.
  @Test(arguments: [65_537, 100_000, 1_000_000] as [UInt64])
  func manyDistinctValuesAreEstimated(_ values: UInt64) {
    let (found, exact) = count(7..<7 + values, repeats: 2)
    #expect(!exact)
    #expect(abs(Double(found) / Double(values) - 1) < 0.033)
  }

  /// The same estimator far below and above its registers.
  @Test(arguments: [0, 10, 1000, 20_000, 3_000_000] as [UInt64])
  func sketchesHoldAtEverySize(_ values: UInt64) {
    let sketch = HyperLogLog()
    defer { sketch.deallocate() }
    for value in 0..<values { sketch.insert(CounterRandom.mix(value &+ 99)) }
    #expect(abs(sketch.estimate - Double(values)) <= 0.033 * Double(values))
  }

  @Test func bucketsFollowTheirRule() {
    for (distinct, buckets) in [
      (0, 16), (1, 16), (2, 32), (4096, 65_536), (4097, 65_536), (40_000, 80_000),
      (800_000, 1_000_000),
    ] {
      let field = PlannedField(name: "x", encoding: .categorical(.autoHash(maxBuckets: 1_000_000)))
      #expect(field.fitted(distinct: distinct).encoding == .hash(buckets: buckets))
    }
  }

  @Test func aSummaryDescribesTheData() throws {
    let lines = (0..<100).map {
      "\($0 % 4 == 0 ? 1 : 0),v\($0 % 10),\($0 % 5 == 0 ? "" : "\($0 - 7)")"
    }
    let path = try folder.write("t.csv", (["y,a,n"] + lines).joined(separator: "\n"))
    let settings = Sample.delimited(
      [path], fields: [.init(name: "a", kind: .categorical), .init(name: "n", kind: .numeric)])
    let summary = try Dataset(settings: settings, features: Sample.hashed).inspect()
    #expect(summary.rows == 100)
    #expect(summary.positives == 25)
    #expect(summary.clickRate == 0.25)
    let (a, n) = (summary.fields[0], summary.fields[1])
    #expect(a.distinct == 10 && a.isExact && a.missing == 0 && a.numbers == nil)
    #expect(a.field == FittedField(name: "a", encoding: .hash(buckets: 160), distinct: 10))
    #expect(n.field.schema.distinct == 80)
    #expect(n.distinct == 80 && n.isExact && n.missing == 20)
    #expect(n.numbers == -6...92)
    #expect(n.expectedCollisionShare == nil)
    // 1 − (1 − 1/160)⁹
    #expect(abs((a.expectedCollisionShare ?? .nan) - 0.0548641) < 1e-6)
  }

  @Test func withoutAScanNoDistinctValuesAreKnown() throws {
    let settings = Sample.delimited([try folder.write("t.csv", "y,a\n1,p\n0,q\n")])
    var features = FeatureSettings()
    features.categorical = .hash(buckets: 9)
    let encoder = try Dataset(settings: settings, features: features).fit()
    #expect(encoder.schema == [FieldSchema(name: "a", kind: .category, rows: 10)])
    #expect(encoder.schema[0].distinct == nil)
  }

  @Test func theScanReadsOnlyTheTrainingSplit() throws {
    var settings = Sample.delimited([try folder.write("t.csv", "y,a\n1,p\n0,q\n1,r\n")])
    settings.valid = [try folder.write("v.csv", "y,a\n" + (0..<50).map { "1,\($0)\n" }.joined())]
    let dataset = try Dataset(settings: settings, features: Sample.hashed)
    let encoder = try dataset.fit()
    #expect(
      encoder.fields == [FittedField(name: "a", encoding: .hash(buckets: 48), distinct: 3)])
    // Values that the scan has not seen have ids of the table too.
    let stream = try dataset.batches(of: .valid, encoder: encoder, batchSize: 8)
    #expect(try stream.allRows().allSatisfy { 1...48 ~= $0.ids[0] })
  }

  @Test func fixedBucketsNeedNoScan() throws {
    let path = try folder.write("t.tsv", "no row at all\n")
    let encoder = try Dataset(settings: Sample.criteo([path]), features: Sample.fixed).fit()
    #expect(
      encoder.schema.map(\.rows) == [Int](repeating: 2009, count: 13)
        + [Int](repeating: 1001, count: 26))
  }
}
