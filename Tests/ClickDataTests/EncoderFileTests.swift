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
      ("\"version\" : 4", "\"version\" : 6", "expected version 1 to 5, found 6"),
      ("xxh3-64", "md5", "expected the hash xxh3-64, found \"md5\""),
      ("\"delimited\"", "\"parquet\"", "expected a known format, found \"parquet\""),
      ("77", "0", "the encoding of field \"a\" is not one that can be read"),
      ("log_bucket", "hash", "the encoding of field \"n\" is not one that can be read"),
    ] {
      let changed = text.replacing(old, with: new, maxReplacements: 1)
      let damaged = try folder.write(
        "d.json", changed.hasPrefix("{") ? DocumentSeal.sealed(changed) : changed)
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: damaged) }
          == "\(damaged): \(reason); restore the file or train the run again")
    }
    let missing = folder.path + "/none.json"
    #expect(throws: FileFailure.missing(path: missing)) {
      try FittedEncoder(contentsOf: missing)
    }
  }

  /// A changed edge, mean or deviation would otherwise shift ids and values without a word.
  @Test func anyOtherByteThanAWrittenOneIsNoticed() throws {
    let path = folder.path + "/fields.json"
    try FittedEncoder(
      format: .delimited, label: "y",
      fields: [FittedField(name: "n", encoding: .standardValue(mean: 3.5, deviation: 1.25))]
    ).save(to: path)
    let bytes = Array(try String(contentsOfFile: path, encoding: .utf8).utf8)
    for index in bytes.indices {
      var bytes = bytes
      bytes[index] = bytes[index] == UInt8(ascii: "4") ? UInt8(ascii: "7") : UInt8(ascii: "4")
      let changed = try folder.write("changed.json", bytes)
      #expect(throws: DataFailure.self, "byte \(index)") { try FittedEncoder(contentsOf: changed) }
    }
    let changed = try folder.write(
      "changed.json", String(decoding: bytes, as: UTF8.self).replacing("3.5", with: "3.6"))
    #expect(
      sentence { _ = try FittedEncoder(contentsOf: changed) }
        == "\(changed): its bytes do not have the checksum that is its seal; "
        + "restore the file or train the run again")
  }

  /// Every field is an allocation, and many may share one vocabulary of any size.
  @Test func repeatedFieldsFilesAndKeysAreRefused() throws {
    let field = #"{"encoding": "hash", "buckets": 5, "name": "a"}"#
    func vocabulary(_ name: String) -> String {
      #"{"encoding": "vocabulary", "name": "\#(name)", "vocabulary": "#
        + #"{"file": "v.txt", "values": 2, "min_count": 1, "checksum": "79cccb40ce3ef513"}}"#
    }
    _ = try folder.write("v.txt", "q\np\n")
    for (fields, extra, name) in [
      ([field, field], "", "a"), ([vocabulary("a"), vocabulary("b")], "", "v.txt"),
      ([field], #""label": "z", "#, "label"),
      ([field.replacing("5,", with: #"5, "encoding": "hash","#)], "", "encoding"),
    ] {
      let path = try folder.write(
        "f.json",
        #"{"fields": [\#(fields.joined(separator: ","))], "format": "delimited", \#(extra)"#
          + #""hash": "xxh3-64", "label": "y", "version": 3}"#)
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: path) }
          == "\(path): found \"\(name)\" twice, expected it once; "
          + "restore the file or train the run again")
    }
  }

  @Test func aDocumentWithoutASealIsReadUpToVersionThree() throws {
    let path = folder.path + "/fields.json"
    try encoder.save(to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacing(#/\n  "seal" : "[0-9a-f]{16}",/#, with: "")
    let old = try folder.write(
      "old.json", text.replacing("\"version\" : 4", with: "\"version\" : 3"))
    let file = try EncoderFile(contentsOf: old)
    #expect(file.encoder == encoder && file.seal == nil)
    let current = try folder.write("current.json", text)
    #expect(
      sentence { _ = try FittedEncoder(contentsOf: current) }
        == "\(current): expected a seal, the checksum of the file, found none; "
        + "restore the file or train the run again")
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
