import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Numeric encodings that are fitted to the training rows.
@Suite struct NumericFitTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(_ texts: [String], _ encoding: NumericEncoding) throws -> Dataset {
    let path = try folder.write("n.csv", "y,x\n" + texts.map { "0,\($0)\n" }.joined())
    var features = FeatureSettings()
    features.overrides = ["x": .numeric(encoding)]
    return try Dataset(settings: Sample.delimited([path]), features: features)
  }

  /// The edges by their definition: the sorted numbers at the places k·n/Q, rounded up.
  private func naiveEdges(_ numbers: [Double], _ buckets: Int) -> [Double] {
    let sorted = numbers.sorted()
    guard !sorted.isEmpty else { return [] }
    var edges: [Double] = []
    for edge in 1..<buckets {
      let place = Int((Double(edge * sorted.count) / Double(buckets)).rounded(.up))
      if edges.last != sorted[place - 1] { edges.append(sorted[place - 1]) }
    }
    return edges
  }

  private func drawn(_ count: Int) -> [Double] {
    let random = CounterRandom(seed: 4, stream: 0)
    return (0..<UInt64(count)).map { draw in
      let number = exp(8 * random.uniform(draw)) - 40
      return draw % 3 == 0 ? number.rounded() : number
    }
  }

  @Test(arguments: [2, 3, 10, 64, 1000])
  func quantilesMatchTheirDefinition(buckets: Int) throws {
    let numbers = drawn(700)
    let dataset = try dataset(numbers.map { "\($0)" } + ["", ""], .quantile(buckets: buckets))
    let edges = naiveEdges(numbers, buckets)
    #expect(
      try dataset.fit().fields.map(\.encoding) == [.quantile(QuantileEdges(edges))])
    let expected = numbers.map { number in UInt32(1 + edges.count { $0 < number }) } + [0, 0]
    #expect(try dataset.rows().map { $0.ids[0] } == expected)
    #expect(try dataset.fit().schema.map(\.rows) == [edges.count + 2])
  }

  @Test func bucketsHoldEqualSharesOfDifferentNumbers() throws {
    let dataset = try dataset((0..<100).map { "\($0)" }, .quantile(buckets: 4))
    var counts: [UInt32: Int] = [:]
    for row in try dataset.rows() { counts[row.ids[0], default: 0] += 1 }
    #expect(counts == [1: 25, 2: 25, 3: 25, 4: 25])
  }

  @Test func tiesShareABucketAndBlanksHaveASeparateOne() throws {
    let texts = ["0", "-0", "0.0", "", "7", "-3", " 7"]
    let rows = try dataset(texts, .quantile(buckets: 2)).rows()
    // The only edge is 0, the third of six numbers.
    #expect(rows.map { $0.ids[0] } == [1, 1, 1, 0, 2, 1, 2])
  }

  @Test func aFieldThatIsAlwaysBlankHasNoEdge() throws {
    #expect(try dataset(["", ""], .quantile(buckets: 5)).fit().schema.map(\.rows) == [2])
  }

  @Test func spillingChangesNoQuantile() throws {
    let numbers = drawn(5000)
    func add(_ numbers: ArraySlice<Double>, to fit: QuantileFit) {
      for number in numbers {
        let digits = Array("\(number)".utf8)
        var text = digits + [UInt8](repeating: 0, count: TextChunk.margin)
        text.withUnsafeMutableBufferPointer { text in
          if let start = text.baseAddress { fit.take(start, digits.count) }
        }
      }
    }
    for buckets in [2, 17, 500] {
      let fit = QuantileFit(buckets: buckets)
      let file = try SpillFile(in: folder.path, holding: "counts")
      for chunk in 0..<5 {
        add(numbers[1000 * chunk..<1000 * (chunk + 1)], to: fit)
        if chunk % 2 == 0 { try fit.spill(to: file) }
      }
      #expect(
        try fit.encoding(file, ScanCounts())
          == .quantile(QuantileEdges(naiveEdges(numbers, buckets))))
    }
  }

  @Test func standardisedValuesHaveMeanZeroAndDeviationOne() throws {
    let texts = ["2", "", "4", "-3", "4e1", "0.5"]
    let numbers = texts.compactMap(Double.init)
    let mean = numbers.reduce(0, +) / 5
    let deviation = (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
    let dataset = try dataset(texts, .standardValue)
    let rows = try dataset.rows()
    #expect(rows.map { $0.ids[0] } == [1, 0, 1, 1, 1, 1])
    for (row, text) in zip(rows, texts) {
      let expected = Double(text).map { ($0 - mean) / deviation } ?? 1
      #expect(abs(Double(row.values[0]) - expected) < 1e-6)
    }
    #expect(try dataset.fit().schema.map(\.rows) == [2])
    #expect(try dataset.fit().schema.map(\.kind) == [.value])
  }

  @Test func aConstantIsZeroAndNotNaN() throws {
    let rows = try dataset(["7", "7", "", "7"], .standardValue).rows()
    #expect(rows.map { $0.values[0] } == [0, 0, 1, 0])
    #expect(try dataset(["", ""], .standardValue).rows().map { $0.values[0] } == [1, 1])
  }

  @Test(arguments: [NumericEncoding.standardValue, .quantile(buckets: 3)])
  func textThatIsNotANumberIsABadRow(encoding: NumericEncoding) throws {
    for text in ["nan", "1e400", "0x10", "inf", "1 2", "   ", "--1"] {
      let message = sentence { _ = try dataset(["1", text], encoding).fit() }
      #expect(
        message.hasSuffix(
          "n.csv:3, column 2 (x): expected a number, found \"\(text)\"; "
            + "repair the row or set dataset.on_bad_row: skip"), "\(message)")
    }
  }

  @Test func aSavedEncoderIsReadBackBitForBit() throws {
    let encoder = FittedEncoder(
      format: .delimited, label: "y",
      fields: [
        FittedField(
          name: "q",
          encoding: .quantile(
            QuantileEdges([
              -1.7976931348623157e308, -0.1, 0, Double.leastNonzeroMagnitude, 1 / 3, 1e300,
            ]))),
        FittedField(name: "s", encoding: .standardValue(mean: 0.1 + 0.2, deviation: 1e-300)),
        FittedField(name: "n", encoding: .quantile(QuantileEdges([]))),
      ])
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    #expect(try FittedEncoder(contentsOf: path) == encoder)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new, name) in [("-0.1", "0.5", "q"), ("1e-300", "-1", "s")] {
      let damaged = try folder.write("d.json", DocumentSeal.sealed(text.replacing(old, with: new)))
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: damaged) }
          == "\(damaged): the encoding of field \"\(name)\" is not one that can be read; "
          + "restore the file or train the run again")
    }
  }

  @Test func impossibleNumbersOfQuantilesAreRefused() throws {
    for buckets in [-1, 1, 65_537] {
      #expect(
        sentence { _ = try dataset(["1"], .quantile(buckets: buckets)) }
          == "features.overrides.x.quantiles: expected 2 to 65536 buckets, found \(buckets)")
    }
  }
}
