import ClickData
import Foundation
import Platform
import TestSupport
import Testing

/// Vocabularies in a run's folder.
@Suite struct VocabularyFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/encoder/fields.json"
  }

  private func encoder() throws -> (Dataset, FittedEncoder) {
    let data = try folder.write("t.csv", "y,a/b,n,c c\n1,q,3,\"v,w\"\n0,p,4,\n1,q,5,ü\n")
    var features = FeatureSettings()
    features.categorical = .vocabulary(minCount: 1)
    features.overrides = ["n": .numeric(.value)]
    let dataset = try Dataset(settings: Sample.delimited([data]), features: features)
    return (dataset, try dataset.fit())
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder.path)/encoder/\(name)", encoding: .utf8)
  }

  @Test func aSavedEncoderIsReadBack() throws {
    let (dataset, encoder) = try encoder()
    try encoder.save(to: path)
    let loaded = try FittedEncoder(contentsOf: path)
    #expect(loaded == encoder)
    let rows = try dataset.batches(of: .train, encoder: loaded, batchSize: 2).allRows()
    #expect(rows.map(\.ids) == [[1, 1, 1], [2, 1, 3], [1, 1, 2]])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/encoder").sorted()
        == ["1_a_b.txt", "3_c_c.txt", "fields.json"])
  }

  @Test func aFileHasOneValuePerLineInTheOrderOfTheIds() throws {
    try encoder().1.save(to: path)
    #expect(try text("1_a_b.txt") == "q\np\n")
    #expect(try text("3_c_c.txt") == "v,w\nü\n")
    let document = try text("fields.json")
    #expect(document.contains("\"version\" : 4"))
    #expect(document.contains("\"bytes\" : 4"))
    #expect(document.contains("\"file\" : \"1_a_b.txt\""))
    // xxhash.xxh3_64_hexdigest(b"q\np\n")
    #expect(document.contains("\"checksum\" : \"79cccb40ce3ef513\""))
  }

  @Test func damageIsReported() throws {
    try encoder().1.save(to: path)
    let file = "\(folder.path)/encoder/1_a_b.txt"
    for damage in ["p\nq\n", "q\n", "q\np\nr\n", "", "q\np"] {
      try AtomicFile.write(damage, to: file)
      #expect(
        sentence { _ = try FittedEncoder(contentsOf: path) }
          == "\(file): expected the 2 values whose checksum is in fields.json, found others; "
          + "restore the file or train the run again")
    }
    try FileManager.default.removeItem(atPath: file)
    #expect(throws: FileFailure.missing(path: file)) { try FittedEncoder(contentsOf: path) }
  }

  @Test func aFileElsewhereIsNotRead() throws {
    try encoder().1.save(to: path)
    let document = try text("fields.json").replacing("1_a_b.txt", with: "../1_a_b.txt")
    try AtomicFile.write(DocumentSeal.sealed(document), to: path)
    #expect(
      sentence { _ = try FittedEncoder(contentsOf: path) }
        == "\(path): the encoding of field \"a/b\" is not one that can be read; "
        + "restore the file or train the run again")
  }

  @Test func anOlderDocumentIsStillRead() throws {
    let old = """
      {"fields": [{"buckets": 128, "encoding": "hash", "name": "a"}, {"encoding": "log_bucket", "name": "n"}],
       "format": "delimited", "hash": "xxh3-64", "label": "y", "version": 1}
      """
    try AtomicFile.write(old, to: path)
    #expect(
      try FittedEncoder(contentsOf: path)
        == FittedEncoder(
          format: .delimited, label: "y",
          fields: [
            FittedField(name: "a", encoding: .hash(buckets: 128)),
            FittedField(name: "n", encoding: .logBucket),
          ]))
  }
}
