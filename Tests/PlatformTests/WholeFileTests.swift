import Foundation
import Platform
import Testing

/// Files that are read whole: none beyond its limit, none that is not a regular file.
@Suite struct WholeFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  private let kind = WholeFile.Kind("a note", limit: 100_000)

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func refusal(_ path: String, given: Bool = false) -> String? {
    do {
      _ = try given ? WholeFile.readGiven(path, kind) : WholeFile.read(path, kind)
      return nil
    } catch {
      return "\(error)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func aFileOfExactlyTheLimitIsReadAndOneMoreByteIsRefused() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    try Data(bytes).write(to: URL(filePath: path("a")))
    #expect(try WholeFile.read(path("a"), kind) == bytes)
    try Data(bytes + [0]).write(to: URL(filePath: path("a")))
    #expect(
      refusal(path("a"))
        == "a: cannot read: found more than 100000 bytes, expected a note of at most as many")
  }

  /// Its size alone shows that it is too large; reading it would take minutes.
  @Test func aSparseFileOfATerabyteIsRefusedUnread() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    FileManager.default.createFile(atPath: path("a"), contents: nil)
    try #require(truncate(path("a"), 1 << 40) == 0)
    #expect(refusal(path("a"))?.hasPrefix("a: cannot read: found more than 100000 bytes") == true)
  }

  @Test func pipesDevicesAndFoldersAreRefusedWithoutWaiting() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try #require(mkfifo(path("pipe"), 0o600) == 0)
    #expect(
      refusal(path("pipe")) == "pipe: cannot read: found a pipe, expected a regular file")
    for given in [false, true] {
      #expect(
        refusal("/dev/zero", given: given)
          == "/dev/zero: cannot read: found a device, expected a regular file")
      #expect(
        refusal(folder.path, given: given) == "\(folder.path): is a directory, expected a file")
      #expect(refusal(path("none"), given: given) == "none: no such file; check the path")
    }
    try FileManager.default.createSymbolicLink(
      atPath: path("link"), withDestinationPath: "/dev/zero")
    #expect(
      refusal(path("link")) == "link: cannot read: found a device, expected a regular file")
  }

  @Test func aPipeThatAUserNamesIsReadUpToTheLimit() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try #require(mkfifo(path("pipe"), 0o600) == 0)
    for (count, message) in [(70_000, nil), (100_001, "pipe: cannot read: found more than")] {
      let writer = Thread { [path = path("pipe")] in
        // The reader may close the pipe early. Only this thread defers the signal: processes that
        // other tests start would inherit that it is ignored.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        try? FileHandle(forWritingTo: URL(filePath: path)).write(contentsOf: Data(count: count))
      }
      writer.start()
      let found = refusal(path("pipe"), given: true)
      #expect(message.map { found?.hasPrefix($0) == true } ?? (found == nil), "\(count)")
    }
  }

  @Test func filesOfTheSystemHaveNoSizeAndAreRead() throws {
    #expect(try WholeFile.read("/proc/self/status", .system).count > 100)
  }
}

@Suite struct JSONKeysTests {
  @Test(arguments: [
    (#"{"a": 1, "b": {"a": 2, "c": [{"a": 3}, {"a": 4}]}}"#, nil),
    (#"{"a": "a", "b": "a\": 1, \"a"}"#, nil),
    (#"{"a": 1, "a": 2}"#, "a"),
    (#"{"a": [{"b": 1}, {"c": {}, "d": [], "c" : 0}]}"#, "c"),
    (#"{"a\u0062": 1, "ab": 2}"#, "ab"),
    (#"[["a", "a"], {"a": ["a", "a"]}]"#, nil), ("", nil), (#"{"a"#, nil), (#"{"a\"#, nil),
  ])
  func aKeyIsRepeatedWithinOneObject(text: String, repeated: String?) {
    #expect(JSONKeys.repeated(in: Array(text.utf8)) == repeated)
    #expect(JSONKeys.repeated(in: Data(text.utf8)) == repeated)
  }
}
