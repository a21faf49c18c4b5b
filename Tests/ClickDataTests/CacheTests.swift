import Foundation
import Platform
import TestSupport
import Testing

@testable import ClickData

/// Passes over encoded rows equal those over the text, bit for bit.
@Suite struct CacheTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  @Test func laterPassesReadTheRowsThatTheFirstOneWrote() throws {
    let text = try fixture.pass(try fixture.dataset(cached: false))
    let dataset = try fixture.dataset()
    let first = try fixture.pass(dataset)
    let second = try fixture.pass(dataset)
    let other = try fixture.pass()
    #expect(first.events.map(\.kind) == ["written"])
    #expect(second.events.map(\.kind) == ["used"])
    #expect(other.events.map(\.kind) == ["used"])
    #expect(try fixture.pass(dataset).events.isEmpty)
    for pass in [first, second, other] {
      #expect(pass.rows == text.rows)
      #expect(pass.progress.rows == CacheFixture.rows.good)
      #expect(pass.progress.badRows.count == CacheFixture.rows.bad)
      #expect(pass.progress.badRows.messages == text.progress.badRows.messages)
      #expect(pass.progress.bytesRead == pass.progress.totalBytes)
    }
    #expect(Set(fixture.files().keys) == ["npy", "json"])
  }

  @Test(arguments: [1, 500, 13_999, 14_000, 50_000])
  func everyShuffleIsTheSame(_ bufferRows: Int) throws {
    let text = try fixture.dataset(cached: false)
    let cached = try fixture.dataset()
    for epoch in 0..<3 {
      let order = RowOrder.shuffled(seed: 5, epoch: epoch, bufferRows: bufferRows)
      #expect(try fixture.pass(cached, order: order).rows == fixture.pass(text, order: order).rows)
    }
  }

  @Test(arguments: [1, 15, 16, 17, 6241, 20_000])
  func batchSizesChangeNothing(_ size: Int) throws {
    let dataset = try fixture.dataset()
    let rows = try fixture.pass(dataset).rows
    let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: size)
    #expect(try stream.allRows() == rows)
  }

  @Test func everySplitOfASourceHasACache() throws {
    var settings = DatasetSettings()
    settings.source = [fixture.paths[1]]
    settings.split = DatasetSettings.SplitShares()
    let text = try Dataset(settings: settings, features: fixture.features)
    for _ in 0..<2 {
      let cache = CacheFolder(fixture.cachePath, writes: true)
      let cached = try Dataset(settings: settings, features: fixture.features, cache: cache)
      for split in Split.allCases {
        #expect(try cached.rows(of: split) == text.rows(of: split))
        #expect(try cached.rows(of: split) == text.rows(of: split))
      }
    }
    let names = try Folder.names(in: fixture.cachePath).filter { $0.hasSuffix("npy") }
    #expect(names.map { $0.prefix { $0 != "-" } } == ["test", "train", "valid"])
  }

  @Test func theFileIsAStructuredArrayOfNumpy() throws {
    let rows = try fixture.pass().rows
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try fixture.file("npy")))
    #expect(bytes.prefix(8) == Data([0x93] + Array("NUMPY".utf8) + [1, 0]))
    let length = Int(bytes[8]) | Int(bytes[9]) << 8
    #expect((10 + length) % 64 == 0)
    let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': [('I1', '<u4'), ('I2', '<u4'), "))
    #expect(
      header.contains(
        "('C26', '<u4'), ('I2.value', '<f4'), ('label', '<f4'), ('position', '<u8')], "
          + "'fortran_order': False, 'shape': (14000,), }"))
    #expect(bytes.count == 10 + length + 14_000 * (39 + 1 + 1 + 2) * 4)
    // The last row's last id, its value, its label and its position.
    let last = bytes.suffix(43 * 4).map { UInt32($0) }
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | last[index * 4 + $1] << UInt32($1 * 8) }
    }
    let row = try #require(rows.last)
    #expect(word(38) == row.ids[38])
    #expect(Float(bitPattern: word(39)) == row.values[1])
    #expect(Float(bitPattern: word(40)) == row.label)
    #expect(UInt64(word(41)) == row.position && word(42) == 0)
  }

  @Test func columnNamesAreUnique() {
    let schema = ["label", "label_", "x", "x.value", "position"].map {
      FieldSchema(name: $0, kind: $0 == "x" ? .value : .category, rows: 2)
    }
    #expect(
      RecordLayout(schema).columns.map(\.name) == [
        "label_", "label__", "x", "x.value", "position_", "x.value_", "label", "position",
      ])
    #expect(NpyHeader.literal("it's \\ \u{fc}") == "'it\\'s \\\\ \\U000000fc'")
  }

  @Test func aLongHeaderHasTheSecondVersion() {
    let schema = (0..<4000).map { FieldSchema(name: "field-\($0)", kind: .category, rows: 2) }
    let header = CacheLayout(RecordLayout(schema)).header(rows: 7)
    #expect(header[6] == 2 && header.count % 64 == 0)
    #expect((0..<4).reduce(0) { $0 | Int(header[8 + $1]) << ($1 * 8) } == header.count - 12)
    #expect(CacheLayout(RecordLayout(schema)).header(rows: .max).count == header.count)
  }
}
