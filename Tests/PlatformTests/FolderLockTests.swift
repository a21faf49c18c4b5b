import Foundation
import Platform
import Testing

@Suite struct FolderLockTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: UUID().uuidString).path

  private var exists: Bool { FileManager.default.fileExists(atPath: folder) }

  @Test func aFolderIsLockedOnce() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try FolderLock(folder)
    let failure = #expect(throws: FileFailure.self) { try FolderLock(folder) }
    #expect(
      failure?.description
        == "\(folder): cannot write to the folder: another process is writing there; "
        + "wait for it or choose another folder")
    #expect(failure?.status == .inputOutput)
    withExtendedLifetime(first) {}
  }

  @Test func aCreatedFolderIsRemovedIfItIsStillEmpty() throws {
    do { _ = try FolderLock(folder) }
    #expect(!exists)
    do {
      let lock = try FolderLock(folder)
      try AtomicFile.write("x", to: "\(folder)/config.yaml")
      withExtendedLifetime(lock) {}
    }
    #expect(exists)
    try FileManager.default.removeItem(atPath: folder)
    try Folder.make(folder)
    do { _ = try FolderLock(folder) }
    #expect(exists)
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func onlyTemporaryFilesOfKilledProcessesAreRemoved() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = ["best.safetensors.123.tmp", "best.safetensors", "notes.tmp", "1.tmp", ".tmp"]
    for name in names { try AtomicFile.write("x", to: "\(folder)/\(name)") }
    AtomicFile.removeLeftovers(in: folder)
    #expect(Set(try Folder.names(in: folder)) == Set(names.dropFirst()))
    AtomicFile.removeLeftovers(in: "\(folder)/absent")
  }
}
