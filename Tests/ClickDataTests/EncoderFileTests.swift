import ClickData
import Foundation
import Platform
import TestSupport
import Testing

@Suite struct EncoderFileTests {
  private let folder: TemporaryFolder
  private let encoder = FittedEncoder(
    format: .delimited, label: "y",
    fields: [
      FittedField(name: "a", encoding: .hash(buckets: 77)),
      FittedField(name: "n", encoding: .logBucket, distinct: 12),
      FittedField(name: "v \"w\"", encoding: .value),
    ])

  init() throws { folder = try TemporaryFolder() }

  @Test func aSavedEncoderIsReadBack() throws {
    let path = folder.path + "/encoder/fields.json"
    try encoder.save(to: path)
    #expect(try FittedEncoder(contentsOf: path) == encoder)
    #expect(encoder.schema.map(\.rows) == [78, 2009, 2])
    #expect(encoder.schema.map(\.distinct) == [nil, 12, nil])
    #expect(encoder.schema.map(\.kind) == [.category, .category, .value])
  }

  @Test func aDamagedFileIsReported() throws {
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new, reason) in [
      ("{", "", "expected an encoder as JSON, found other text"),
      ("\"version\" : 4", "\"version\" : 5", "expected version 1 to 4, found 5"),
      ("xxh3-64", "md5", "expected the hash xxh3-64, found \"md5\""),
      ("\"delimited\"", "\"parquet\"", "expected a known format, found \"parquet\""),
      ("77", "0", "the encoding of field \"a\" is not one that can be read"),
      ("log_bucket", "hash", "the encoding of field \"n\" is not one that can be read"),
    ] {
      let damaged = try folder.write("d.json", text.replacing(old, with: new, maxReplacements: 1))
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: damaged) }
          == "\(damaged): \(reason); restore the file or train the run again")
    }
    let missing = folder.path + "/none.json"
    #expect(throws: FileFailure.missing(path: missing)) {
      try FittedEncoder(contentsOf: missing)
    }
  }

  @Test func everyTruncationIsAnError() throws {
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    let bytes = Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
    // The last byte is the line feed.
    for count in 0..<bytes.count - 1 {
      let cut = try folder.write("cut.json", Array(bytes[..<count]))
      #expect(throws: DataFailure.self) { try FittedEncoder(contentsOf: cut) }
    }
  }
}
