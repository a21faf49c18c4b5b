import Foundation
import TestSupport
import Testing

/// A tmpfs of a chosen size, mounted over a folder, which needs the permission to mount.
final class SmallDisk {
  let path: String
  private let folder: TemporaryFolder

  static let isAllowed: Bool =
    (try? SmallDisk(over: TemporaryFolder(), bytes: 1 << 20)) != nil
  static let absence: Comment = "this user cannot mount a tmpfs: needs root"

  init(over folder: TemporaryFolder, bytes: Int) throws {
    self.folder = folder
    path = "\(folder.path)/disk"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", path]) == 0 else {
      throw POSIXError(.EPERM)
    }
  }

  deinit { _ = try? Self.run("umount", [path]) }

  /// Takes all of its space but some bytes, until `empty` is called.
  func fill(leaving bytes: Int) throws {
    let free = try FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize]
    let size = max((free as? Int ?? 0) - bytes, 0)
    // A file that is full of zeros takes no memory of this process.
    #expect(try Self.run("fallocate", ["-l", "\(max(size, 1))", "\(path)/filler"]) == 0)
  }

  /// Frees the space that `fill` took.
  func empty() throws { try? FileManager.default.removeItem(atPath: "\(path)/filler") }

  func remount(_ options: String) throws {
    #expect(try Self.run("mount", ["-o", "remount,\(options)", path]) == 0)
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

@Suite(
  .enabled(if: SFGBinary.isThere, SFGBinary.absence),
  .enabled(if: SmallDisk.isAllowed, SmallDisk.absence))
struct FullDiskCommandTests {
  /// Without a cache, which would be on the small disk as well.
  private static let train = ResumeCommandTests.train + " --set dataset.cache=off"

  private func size(_ tiny: TinyRun, _ file: String) throws -> Int { try tiny.bytes(file).count }

  @Test func aPipeThatDoesNotFitOnTheDiskEndsTheRunInOneLine() throws {
    let tiny = try TinyRun(trained: false)
    let disk = try SmallDisk(over: tiny.folder, bytes: 256 << 10)
    let train =
      "$SFG train --config a.yaml --set dataset.train=- --output disk/run --quiet"
    _ = try tiny.folder.write("a.yaml", "run: a\ndataset: {format: delimited}\n")
    let full = try SFGBinary.shell(
      "(echo y,a; head -c 900000 /dev/urandom | base64 -w 20 | sed 's/^/1,/') 2>/dev/null | \(train)",
      in: tiny.folder.path)
    #expect(full.status == 74)
    #expect(
      full.errors
        == "Error: disk/.sfg-spool/run/standard-input: cannot keep standard input, which is read more "
        + "than once: no space left on device; free space, or write it to a file on another disk "
        + "and read that\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
  }

  @Test func aFullDiskKeepsTheCheckpointAndTheRunResumesWithMoreSpace() throws {
    let tiny = try TinyRun(trained: false)
    let train = Self.train
    #expect(try tiny.sfg("\(train) --output whole").status == 0)
    let last = try size(tiny, "whole/checkpoint/last.safetensors")
    let best = try size(tiny, "whole/checkpoint/best.safetensors")
    let seen = try size(tiny, "whole/checkpoint/seen_rows.safetensors")
    // One last checkpoint fits, but not a second one beside it.
    let disk = try SmallDisk(
      over: tiny.folder, bytes: best + seen + last + last / 2 + (64 << 10))
    let full = try tiny.sfg("\(train) --output disk/run")
    #expect(full.status == 74)
    #expect(full.errorLines.count == 1, "\(full.errors)")
    #expect(full.errors.contains("cannot write: no space left on device"), "\(full.errors)")
    #expect(tiny.exists("disk/run/checkpoint/last.safetensors"))
    #expect(try tiny.files(below: "disk/run").allSatisfy { !$0.hasSuffix(".tmp") })
    try disk.remount("size=64m")
    let resumed = try tiny.sfg("\(train) --output disk/run --resume")
    #expect(resumed.status == 0, "\(resumed.errors)")
    for file in ["best", "last", "seen_rows"].map({ "checkpoint/\($0).safetensors" }) {
      #expect(try tiny.bytes("disk/run/\(file)") == tiny.bytes("whole/\(file)"), "\(file)")
    }
  }

  @Test func aReadOnlyFolderIsReportedBeforeTheDataAreRead() throws {
    let tiny = try TinyRun(trained: false)
    let disk = try SmallDisk(over: tiny.folder, bytes: 64 << 20)
    #expect(try tiny.sfg("\(Self.train) --output disk/run").status == 0)
    let before = try tiny.bytes("disk/run/checkpoint/last.safetensors")
    try disk.remount("ro")
    for options in [" --overwrite", " --resume"] {
      let outcome = try tiny.sfg("\(Self.train) --output disk/run\(options)")
      #expect(outcome.status == 74)
      #expect(
        outcome.errors == "Error: disk/run: cannot write to the folder: read-only file system\n")
    }
    #expect(try tiny.bytes("disk/run/checkpoint/last.safetensors") == before)
    withExtendedLifetime(disk) {}
  }
}
