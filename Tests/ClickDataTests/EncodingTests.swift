import CXXHash
import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

@Suite struct EncodingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The encoded rows of one column of texts under an override.
  private func encode(_ texts: [String], _ encoding: FieldEncoding) throws -> [ReadRow] {
    let path = try folder.write("x.csv", "y,x\n" + texts.map { "0,\($0)\n" }.joined())
    var features = Sample.fixed
    features.overrides = ["x": encoding]
    return try Dataset(settings: Sample.delimited([path]), features: features).rows()
  }

  /// From xxHash in C: `XXH3_64bits_withSeed(text, n, XXH3_64bits_withSeed("C14", 3, 0))`.
  @Test func hashesAreFrozen() {
    let texts = ["", "a", "68fd1e64", "cef3390ed299c09874189c387777674a", "Ünï"]
    let hashes = texts.map { text in
      var text = text
      return text.withUTF8 { bytes in
        bytes.baseAddress.map { FieldHash(field: "C14").hash($0, bytes.count) } ?? 0
      }
    }
    #expect(
      hashes.dropFirst() == [
        0xd24b_af88_4b30_3c5b, 0x590c_3311_3c53_80e7, 0xc27c_fa12_b917_9d95,
        0x2890_7156_765f_e6a4,
      ])
    #expect(FieldHash.id(0, buckets: 10) == 1)
    #expect(FieldHash.id(.max, buckets: 10) == 10)
  }

  /// Of texts of 0 to 64 bytes, byte i of a text of n being `a + (7i + n) % 26`: XXH3-64 of all
  /// their hashes side by side, from C as above.
  @Test func hashesOfEveryLengthAreFrozen() {
    let hash = FieldHash(field: "C14")
    let hashes = (0...64).map { count in
      let text = (0..<64).map { UInt8(97 + ($0 * 7 + count) % 26) }
      return text.withUnsafeBufferPointer { bytes in
        bytes.baseAddress.map { hash.hash($0, count) } ?? 0
      }
    }
    let all = hashes.withUnsafeBytes { sfg_xxh3_64($0.baseAddress, $0.count, 0) }
    #expect(all == 0xb934_e321_7d44_32af)
  }

  @Test func idsMatchANaiveTwin() throws {
    let texts = (0..<500).map { "v\($0 * 7919 % 301)-\(String(repeating: "q", count: $0 % 40))" }
    let rows = try encode(texts + [""], .categorical(.hash(buckets: 77)))
    #expect(rows.map { $0.ids[0] } == (texts + [""]).map { naiveHashID("x", $0, 77) })
    #expect(rows.allSatisfy { $0.ids[0] <= 77 && $0.values == [1] })
  }

  @Test func logBucketsFollowTheirRules() throws {
    let cases: [(String, Int)] = [
      ("0", 0), ("1", 1), ("2", 2), ("3", 1), ("4", 1), ("5", 2), ("100", 21), ("-1", -1),
      ("-0", 0),
      ("-99", -99), ("-100", -100), ("-101", -100), ("-1e300", -100), ("1.7", 1), ("-0.5", 0),
      ("-1.9", -1), ("2.5", 0), ("1e3", 47), ("1000000", 190), ("9223372036854775808", 1906),
      ("9223372036854777856", 1907), ("1e300", 1907), ("+5", 2), (" 5", 2), ("1e-400", 0),
    ]
    let rows = try encode(cases.map(\.0) + [""], .numeric(.logBucket))
    #expect(rows.map { Int($0.ids[0]) } == cases.map { $0.1 + 101 } + [0])
  }

  @Test func logBucketsMatchTheDefinition() {
    let table = LogBucket()
    let random = CounterRandom(seed: 3, stream: 0)
    for number in -200..<20_000 {
      #expect(table.id(Double(number)) == naiveLogBucketID(Double(number)))
    }
    for draw in 0..<20_000 as Range<UInt64> {
      let number = (exp(random.uniform(draw) * 60) - 150)
      #expect(table.id(number) == naiveLogBucketID(number))
    }
    #expect(LogBucket.rows == 2009)
  }

  @Test func numbersAreReadAsByStrtod() {
    let random = CounterRandom(seed: 5, stream: 0)
    for draw in 0..<20_000 as Range<UInt64> {
      let number = Double(bitPattern: random.bits(draw))
      let texts = [
        "\(number)", "\(Int64(bitPattern: random.bits(draw)) >> Int64(draw % 60))",
        "\(Double(random.integer(draw, below: 1_000_000)) / 1000)",
      ]
      for text in texts where Double(text)?.isFinite == true {
        let count = text.utf8.count
        var bytes = Array(text.utf8) + [UInt8](repeating: 0x39, count: TextChunk.margin)
        let found = bytes.withUnsafeMutableBufferPointer { bytes in
          bytes.baseAddress.map { NumberParser.parse($0, count) } ?? .nan
        }
        #expect(found == strtod(text, nil), "\(text)")
        #expect(bytes[count...].allSatisfy { $0 == 0x39 })
      }
    }
  }

  /// Every byte at every place of a number of up to nine digits: only a digit is read as one.
  @Test func anyByteAmongDigitsIsReadAsByStrtod() {
    var bytes = [UInt8](repeating: 0, count: 10 + TextChunk.margin)
    for count in 1...9 {
      for place in 0..<count {
        for byte in 0...255 as ClosedRange<UInt8> {
          for index in bytes.indices { bytes[index] = index < count ? 0x31 + UInt8(index) : 0 }
          bytes[place] = byte
          // The whole text must be a number.
          let expected = bytes.withUnsafeBytes { bytes in
            let text = bytes.bindMemory(to: CChar.self).baseAddress
            var end: UnsafeMutablePointer<CChar>?
            let value = text.map { strtod($0, &end) } ?? .nan
            let isWhole = text.map { end == UnsafeMutablePointer(mutating: $0) + count } ?? false
            return isWhole && value.isFinite ? value : .nan
          }
          let found = bytes.withUnsafeMutableBufferPointer { bytes in
            bytes.baseAddress.map { NumberParser.parse($0, count) } ?? 0
          }
          #expect(
            found == expected || (found.isNaN && expected.isNaN),
            "byte \(byte) at \(place) of \(count)")
        }
      }
    }
  }

  @Test func valuesMultiplyIdOneAndMissingIsIdZero() throws {
    let rows = try encode(["2.5", "", "-3", "0"], .numeric(.value))
    #expect(rows.map { $0.ids[0] } == [1, 0, 1, 1])
    #expect(rows.map { $0.values[0] } == [2.5, 1, -3, 0])
  }

  @Test func avazuGivesHourWeekdayAndWeekend() throws {
    // 21 October 2014 was a Tuesday, 26 October a Sunday, 1 March 2008 a Saturday.
    let hours = [
      ("14102100", "00", "2", "0"), ("14102623", "23", "0", "1"), ("08030109", "09", "6", "1"),
    ]
    for delimiter in [",", "\t"] {
      let lines = [Sample.avazuHeader] + hours.map { Sample.avazuLine(hour: $0.0) }
      let text = lines.joined(separator: "\n").replacing(",", with: delimiter)
      var settings = Sample.criteo([try folder.write("a.csv", text)])
      settings.format = .avazu
      let dataset = try Dataset(settings: settings, features: Sample.fixed)
      let names = try dataset.fit().schema.map(\.name)
      #expect(names.count == 24)
      #expect(names.first == "hour")
      #expect(names.suffix(3) == ["C21", "weekday", "weekend"])
      let rows = try dataset.rows()
      #expect(rows.map(\.label) == [1, 1, 1])
      for (row, hour) in zip(rows, hours) {
        #expect(row.ids[0] == naiveHashID("hour", hour.1, 1000))
        #expect(row.ids[1] == naiveHashID("C1", "1005", 1000))
        #expect(row.ids[21] == naiveHashID("C21", "79", 1000))
        #expect(row.ids[22] == naiveHashID("weekday", hour.2, 1000))
        #expect(row.ids[23] == naiveHashID("weekend", hour.3, 1000))
      }
    }
  }

  @Test func overridesChangeSingleFields() throws {
    var features = Sample.fixed
    features.overrides = ["I2": .categorical(.hash(buckets: 50)), "I1": .numeric(.value)]
    let path = try folder.write("t.tsv", Sample.criteoText(7..<8))
    let rows = try Dataset(settings: Sample.criteo([path]), features: features).rows()
    #expect(rows[0].ids[0] == 1)
    #expect(rows[0].values[0] == 2)
    #expect(rows[0].ids[1] == naiveHashID("I2", "9", 50))
    #expect(rows[0].ids[2] == 0)
    #expect(rows[0].ids[3] == naiveLogBucketID(23))
    #expect(rows[0].ids[13] == naiveHashID("C1", "c1-1", 1000))
  }
}
