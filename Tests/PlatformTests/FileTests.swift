import Foundation
import Platform
import Testing

@Suite struct FileTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func aFileAppearsCompleteOrNotAtAll() throws {
    try withFolder { folder in
      let path = folder + "/deep/result.json"
      try AtomicFile.write("old", to: path)
      do {
        let file = try AtomicFile(path)
        try file.write("half of the n")
      }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/deep").count == 1)
      try AtomicFile.write(String(repeating: "new", count: 200_000), to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8).count == 600_000)
    }
  }

  @Test func aSyncedFileIsNotVisibleUntilItIsCommitted() throws {
    try withFolder { folder in
      let path = folder + "/result.json"
      try AtomicFile.write("old", to: path)
      let file = try AtomicFile(path)
      try file.write("new")
      try file.sync()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      try file.commit()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["result.json"])
    }
  }

  @Test func aFolderAtTheFilesPathIsReported() throws {
    try withFolder { folder in
      try Folder.make(folder + "/result.json")
      #expect(throws: FileFailure.isDirectory(path: folder + "/result.json")) {
        try AtomicFile.write("x", to: folder + "/result.json")
      }
    }
  }

  @Test func aFileAtTheFoldersPathIsReported() throws {
    try withFolder { folder in
      try AtomicFile.write("x", to: folder + "/run")
      #expect(
        throws: FileFailure.refused(
          path: folder + "/run", operation: "make the folder", reason: "a file has this name")
      ) { try AtomicFile.write("x", to: folder + "/run/result.json") }
    }
  }
}
