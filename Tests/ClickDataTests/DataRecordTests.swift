import ClickData
import Foundation
import Platform
import TestSupport
import Testing

/// A run that resumes notices when its data were replaced or appended to.
@Suite struct DataRecordTests {
  private let folder: TemporaryFolder
  private let text = "y,a\n1,p\n0,q\n1,p\n"

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write("b.csv", text)
    _ = try folder.write("a.csv", text)
  }

  private func dataset() throws -> Dataset {
    try Dataset(settings: Sample.delimited(["\(folder.path)/*.csv"]))
  }

  /// The record of a run, written and read again; its passes have read the files if `read`.
  private func record(read: Bool) throws -> DataRecord {
    let dataset = try dataset()
    if read {
      let encoder = try dataset.fit()
      _ = try dataset.batches(of: .train, encoder: encoder, batchSize: 2).allRows()
    }
    let path = "\(folder.path)/data.json"
    try dataset.record.write(to: path)
    let found = try DataRecord(contentsOf: path)
    #expect(found == dataset.record)
    // Later changes have another time: clocks of file systems tick every few milliseconds.
    usleep(20_000)
    return found
  }

  /// What is wrong with the files now; nil where they are those of the record.
  private func finding(_ record: DataRecord) throws -> String? {
    do {
      try dataset().check(record)
      return nil
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
        .replacing("; restore the data, or train without --resume", with: "")
    }
  }

  @Test(arguments: [false, true]) func unchangedFilesAreAccepted(read: Bool) throws {
    #expect(try finding(record(read: read)) == nil)
  }

  @Test(arguments: [false, true]) func anAppendedFileIsNamed(read: Bool) throws {
    let record = try record(read: read)
    _ = try folder.write("b.csv", text + "0,p\n")
    #expect(
      try finding(record) == "b.csv: has 20 bytes, but had 16 when the run began")
  }

  @Test func aFileThatWasReadIsComparedByItsContent() throws {
    let record = try record(read: true)
    // Written again, with the same bytes and another time.
    _ = try folder.write("b.csv", text)
    #expect(try finding(record) == nil)
    _ = try folder.write("b.csv", text.replacing("q", with: "r"))
    #expect(
      try finding(record) == "b.csv: has another content than when the run read it")
  }

  @Test func aFileThatWasNotReadMustNotBeWrittenTo() throws {
    let record = try record(read: false)
    _ = try folder.write("b.csv", text.replacing("q", with: "r"))
    #expect(try finding(record) == "b.csv: was written to since the run began")
  }

  @Test func filesThatAppearOrDisappearAreNamed() throws {
    let record = try record(read: true)
    _ = try folder.write("c.csv", text)
    #expect(
      try finding(record) == "c.csv: was not among the data when the run began")
    try FileManager.default.removeItem(atPath: "\(folder.path)/c.csv")
    try FileManager.default.removeItem(atPath: "\(folder.path)/a.csv")
    #expect(
      try finding(record)
        == "a.csv: was among the data when the run began, and no longer is")
  }

  @Test func aDamagedRecordIsRefused() throws {
    _ = try record(read: true)
    let path = "\(folder.path)/data.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for damaged in ["", "{", text.replacing("a.csv", with: "d.csv")] {
      _ = try folder.write("data.json", damaged)
      #expect(
        sentence { _ = try DataRecord(contentsOf: path) }
          == "\(path): expected the files of a run with their seal, found other text; "
          + "restore the file or train the run again")
    }
  }

  /// A resumed run knows what the earlier process had read.
  @Test func hashesAreKeptOverAResumption() throws {
    let first = try record(read: true)
    let dataset = try dataset()
    #expect(dataset.record != first)
    try dataset.check(first)
    #expect(dataset.record == first)
  }
}
