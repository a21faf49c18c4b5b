import Platform
import TestSupport
import Testing

@testable import ClickData

@Suite struct VocabularyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A data set of one categorical column under a vocabulary.
  private func dataset(
    _ texts: [[UInt8]], minCount: Int, valid: [[UInt8]] = []
  ) throws -> Dataset {
    func file(_ name: String, _ texts: [[UInt8]]) throws -> String {
      try folder.write(name, texts.reduce(Array("y,x\n".utf8)) { $0 + [0x30, 0x2c] + $1 + [0x0a] })
    }
    var settings = Sample.delimited([try file("t.csv", texts)])
    if !valid.isEmpty { settings.valid = [try file("v.csv", valid)] }
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: minCount)
    return try Dataset(settings: settings, features: features)
  }

  private func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  /// Texts with ties, long ones, ones with equal prefixes, and bytes that are not UTF-8.
  private func drawn(_ count: Int, seed: UInt64) -> [[UInt8]] {
    let random = CounterRandom(seed: seed, stream: 0)
    return (0..<UInt64(count)).map { draw in
      // Small numbers are frequent: the product of two uniform ones.
      let value = Int(random.uniform(2 * draw) * random.uniform(2 * draw + 1) * 400)
      switch value % 5 {
      case 0: return Array("\(value)".utf8)
      case 1: return [UInt8](repeating: 0x61, count: 1 + value / 5)
      case 2: return Array("prefix-of-nine-\(value)".utf8)
      case 3: return [0xff, UInt8(value & 127) | 0x80, 0x00]
      default: return value == 4 ? [] : Array("ü\(value % 90)".utf8)
      }
    }
  }

  @Test func idsFollowTheCountsAndThenTheBytes() throws {
    let texts = bytes(["b", "a", "b", "c", "aa", "a", "", "", "", "d"])
    let dataset = try dataset(texts, minCount: 1)
    #expect(try dataset.rows().map { $0.ids[0] } == [2, 1, 2, 4, 3, 1, 6, 6, 6, 5])
    // Padding, five values, and out of vocabulary.
    #expect(try dataset.fit().schema.map(\.rows) == [7])
  }

  @Test(arguments: [1, 2, 10, 1000])
  func idsMatchANaiveTwin(minCount: Int) throws {
    let texts = drawn(3000, seed: UInt64(minCount))
    let twin = naiveVocabulary(texts, minCount: minCount)
    let dataset = try dataset(texts, minCount: minCount)
    #expect(try dataset.fit().schema.map(\.rows) == [twin.count + 2])
    #expect(try dataset.rows().map { $0.ids[0] } == texts.map { naiveVocabularyID(twin, $0) })
  }

  @Test func onlyTrainingRowsAreCounted() throws {
    let dataset = try dataset(
      bytes(["p", "q", "q", "rare"]), minCount: 2,
      valid: bytes(["q", "p", "new", "", "new", "new", "rare"]))
    let encoder = try dataset.fit()
    let rows = try dataset.batches(of: .valid, encoder: encoder, batchSize: 3).allRows()
    #expect(rows.map { $0.ids[0] } == [1, 2, 2, 2, 2, 2, 2])
  }

  @Test func skippedRowsAreNotCounted() throws {
    let path = try folder.write("b.csv", "y,a,b\n1,p,q\n7,bad,bad\n0,p\n0,p,q\n")
    var settings = Sample.delimited([path])
    settings.onBadRow = .skip
    settings.maxBadRows = .share(0.5)
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    #expect(
      try Dataset(settings: settings, features: features).fit().schema.map(\.rows) == [3, 3])
  }

  /// The look-ups of a row are interleaved, and those of a refused row are dropped.
  @Test func aRefusedRowDoesNotAffectTheNext() throws {
    var texts = drawn(900, seed: 9)
    // Each refused row is followed by one whose first field is blank.
    for row in stride(from: 3, to: 900, by: 21) { texts[row] = [] }
    var lines = Array("y,a,n,b,c\n".utf8)
    for row in stride(from: 0, to: 900, by: 3) {
      // The number is parsed after the look-up of the first field has started.
      let number = row % 7 == 0 ? "no number" : "5"
      lines +=
        [0x31, 0x2c] + texts[row] + Array(",\(number),".utf8) + texts[row + 1] + [0x2c]
        + texts[row + 2] + [0x0a]
    }
    var settings = Sample.delimited([try folder.write("r.csv", lines)])
    settings.onBadRow = .skip
    settings.maxBadRows = .share(0.5)
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 2)
    features.overrides = ["n": .numeric(.logBucket)]
    let good = stride(from: 0, to: 900, by: 3).filter { $0 % 7 != 0 }
    let twins = (0..<3).map { field in
      naiveVocabulary(good.map { texts[$0 + field] }, minCount: 2)
    }
    let ids = try Dataset(settings: settings, features: features).rows().map(\.ids)
    #expect(ids.count == good.count)
    for (row, ids) in zip(good, ids) {
      #expect(
        [ids[0], ids[2], ids[3]]
          == (0..<3).map { naiveVocabularyID(twins[$0], texts[row + $0]) })
    }
  }

  @Test func shufflingTheRowsChangesNoId() throws {
    let texts = drawn(2000, seed: 3)
    let encoder = try dataset(texts, minCount: 2).fit()
    #expect(try dataset(texts.reversed(), minCount: 2).fit() == encoder)
    #expect(try dataset(texts, minCount: 3).fit() != encoder)
  }

  @Test func anOverrideGivesOneFieldItsVocabulary() throws {
    let path = try folder.write("o.csv", "y,a,b\n1,p,q\n0,r,q\n")
    var features = Sample.fixed
    features.overrides = ["b": .categorical(.vocabulary(minCount: 2))]
    let dataset = try Dataset(settings: Sample.delimited([path]), features: features)
    #expect(try dataset.fit().schema.map(\.rows) == [1001, 3])
    #expect(
      try dataset.rows().map(\.ids) == ["p", "r"].map { [naiveHashID("a", $0, 1000), 1] })
  }

  @Test func avazusDerivedFieldsHaveVocabulariesToo() throws {
    let hours = ["14102100", "14102623", "14102101"]
    let lines = [Sample.avazuHeader] + hours.map { Sample.avazuLine(hour: $0) }
    var settings = Sample.criteo([
      try folder.write("a.csv", lines.joined(separator: "\n"))
    ])
    settings.format = .avazu
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    let rows = try Dataset(settings: settings, features: features).rows()
    #expect(rows.map { $0.ids[0] } == [1, 3, 2])
    #expect(rows.map { $0.ids[22] } == [1, 2, 1])
    #expect(rows.map { $0.ids[23] } == [1, 2, 1])
  }

  @Test func aCountOfZeroIsRefused() throws {
    let message = "features.categorical.min_count: expected a count of at least 1, found 0"
    #expect(sentence { _ = try dataset(bytes(["a"]), minCount: 0) } == message)
  }
}

/// Spilling, which bounds the memory of a scan, does not change its results.
@Suite struct SpillingCountsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func texts(_ count: Int) -> [[UInt8]] {
    let random = CounterRandom(seed: 9, stream: 0)
    return (0..<UInt64(count)).map { draw in
      let value = random.integer(draw, below: 4000)
      return Array("value \(value)".utf8) + [UInt8](repeating: 0x78, count: value % 40)
    }
  }

  private func add(_ texts: ArraySlice<[UInt8]>, to fit: VocabularyFit) {
    for text in texts {
      var text = text
      text.withUnsafeMutableBufferPointer { bytes in
        if let start = bytes.baseAddress { fit.take(start, bytes.count) }
      }
    }
  }

  @Test(arguments: [1, 4, 12])
  func spillingChangesNoVocabulary(minCount: Int) throws {
    let texts = texts(30_000)
    let whole = VocabularyFit(minCount: minCount)
    add(texts[...], to: whole)
    let expected = try whole.encoding(nil, ScanCounts())
    for parts in [1, 2, 7] {
      let fit = VocabularyFit(minCount: minCount)
      let file = try SpillFile(in: folder.path, holding: "counts")
      for chunk in 0..<parts {
        add(texts[texts.count * chunk / parts..<texts.count * (chunk + 1) / parts], to: fit)
        if chunk % 2 == 0 { try fit.spill(to: file) }
      }
      #expect(try fit.encoding(file, ScanCounts()) == expected)
    }
  }

  @Test func theMemoryStaysWithinItsBound() throws {
    let plan = [
      PlannedField(name: "a", encoding: .categorical(.vocabulary(minCount: 1))),
      PlannedField(name: "b", encoding: .numeric(.logBucket)),
      PlannedField(name: "c", encoding: .categorical(.vocabulary(minCount: 1))),
    ]
    let bound = 300_000
    let bounded = EncodingFit(plan, memoryBound: bound, spillFolder: folder.path)
    let unbounded = EncodingFit(plan, memoryBound: .max, spillFolder: "/nowhere")
    let layout = FileLayout(
      columnCount: 3, delimiter: 0x2c, labelColumn: 0, fieldColumns: [0, 1, 2], columnNames: [])
    let row = ColumnTable(capacity: 3)
    for fit in [bounded, unbounded] {
      fit.begin(layout)
      for (index, text) in texts(20_000).enumerated() {
        var line = text + Array(",1,".utf8) + Array("c\(index % 77)".utf8)
        let count = line.count
        line += [UInt8](repeating: 0, count: TextChunk.margin)
        line.withUnsafeMutableBufferPointer { line in
          _ = row.split(UnsafeMutableBufferPointer(rebasing: line[..<count]), at: 0x2c, limit: 3)
          fit.take(row)
        }
        if index % 500 == 0 {
          try fit.relieve()
          #expect(fit === unbounded || fit.bytes <= bound)
        }
      }
    }
    #expect(unbounded.bytes > bound)
    let encodings = try bounded.encodings(distinct: [0, 0, 0])
    #expect(encodings.keys.sorted() == [0, 2])
    #expect(try encodings == unbounded.encodings(distinct: [0, 0, 0]))
  }

  @Test func aMissingFolderIsReported() {
    #expect(
      sentence { _ = try SpillFile(in: "/nowhere", holding: "counts") }
        == "/nowhere: cannot write counts: no such file or directory")
  }
}
