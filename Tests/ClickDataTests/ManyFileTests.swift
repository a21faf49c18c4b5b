import Glibc
import Platform
import TestSupport
import Testing

@testable import ClickData

@Suite struct ManyFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Files of very different sizes, one larger than all chunks that may be read ahead.
  private func files() throws -> [String] {
    try [3, 20_000, 1, 900, 5000, 1].enumerated().map { index, rows in
      let text = Sample.criteoText(index * 100_000..<index * 100_000 + rows)
      let name = "part-\(index)"
      return index % 2 == 0
        ? try folder.write(name, text) : try folder.write(name, GzipFile.member(text))
    }
  }

  /// The text of each file in a pass.
  private func text(_ paths: [String], readers: Int) throws -> [[UInt8]] {
    let chunks = ChunkReader(paths: paths, readers: readers)
    let thread = try chunks.start()
    defer {
      chunks.cancel()
      thread.join()
    }
    var texts = paths.map { _ in [UInt8]() }
    var last = 0
    while let chunk = chunks.next() {
      #expect(chunk.file == last || (chunk.file == last + 1 && chunk.startsFile))
      last = chunk.file
      texts[last].append(contentsOf: UnsafeBufferPointer(start: chunk.bytes, count: chunk.count))
      if let failure = chunk.failure { throw failure }
    }
    #expect(chunks.isExhausted)
    return texts
  }

  @Test(arguments: [2, 3, 5, 16])
  func filesAreDeliveredInOrderForAnyNumberOfThreads(_ readers: Int) throws {
    let paths = try files()
    let alone = try text(paths, readers: 1)
    #expect(alone.map(\.count).reduce(0, +) > 4 << 20)
    for _ in 0..<5 { #expect(try text(paths, readers: readers) == alone) }
  }

  @Test(arguments: [1, 2, 8])
  func aFailureComesAfterTheRowsOfAllFilesBeforeIt(_ readers: Int) throws {
    var paths = try files()
    let whole = GzipFile.member(Sample.criteoText(0..<50))
    paths[4] = try folder.write("part-4", Array(whole.dropLast(9)))
    let dataset = try Dataset(settings: Sample.criteo(paths), features: Sample.fixed)
    let stream = try dataset.batches(of: .train, encoder: try dataset.fit(), batchSize: 1)
    var rows = 0
    let message = sentence { while try stream.next() != nil { rows += 1 } }
    #expect(message.hasPrefix("\(paths[4]): gzip data ends early"))
    #expect(rows >= 3 + 20_000 + 1 + 900)
  }

  @Test func aPipeAmongFilesIsReadInOrder() throws {
    let pipe = folder.path + "/part-3"
    let paths = try files().filter { $0 != pipe }
    let rest = try Dataset(settings: Sample.criteo(paths), features: Sample.fixed).rows()
    unlink(pipe)
    #expect(mkfifo(pipe, 0o600) == 0)
    let text = Sample.criteoText(0..<40)
    let writer = try BackgroundThread {
      let descriptor = open(pipe, O_WRONLY)
      _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
    }
    let all = try Dataset(settings: Sample.criteo(paths + [pipe]), features: Sample.fixed).rows()
    writer.join()
    #expect(all.count == rest.count + 40)
    #expect(all[..<20_004].map(\.ids) == rest[..<20_004].map(\.ids))
    #expect(all[20_044...].map(\.ids) == rest[20_004...].map(\.ids))
  }

  private func expand(_ patterns: [String]) throws -> [String] {
    var skipped: [String] = []
    return try InputPaths.expand(patterns, skipped: &skipped)
  }

  @Test func aFolderIsExpandedToItsDataFiles() throws {
    let paths = try files()
    _ = try folder.write("_SUCCESS", "")
    _ = try folder.write(".part-0.crc", "crc")
    try Folder.make(folder.path + "/deeper")
    #expect(try expand([folder.path]) == paths)
    #expect(try expand([folder.path + "/"]) == paths)
    #expect(try expand([folder.path, folder.path + "/part-[0-2]"]) == paths)
    let empty = folder.path + "/deeper"
    #expect(
      sentence { _ = try expand([empty]) }
        == "\(empty): expected files of data in this folder, found none; check the path")
  }

  @Test func aFileWithSeveralNamesIsReadOnce() throws {
    let path = try folder.write("b", Sample.criteoText(0..<5))
    let other = folder.path + "/c"
    #expect(symlink(path, other) == 0)
    #expect(link(path, folder.path + "/a") == 0)
    let settings = Sample.criteo([folder.path + "/?", "\(folder.path)/../" + lastTwo(path)])
    #expect(try Dataset(settings: settings, features: Sample.fixed).rows().count == 5)
  }

  @Test func aFileInTwoSplitsIsRefused() throws {
    let path = try folder.write("a", Sample.criteoText(0..<5))
    let other = folder.path + "/b"
    #expect(symlink(path, other) == 0)
    for valid in [path, other, folder.path, folder.path + "/[ab]"] {
      var settings = Sample.criteo([path])
      settings.valid = [valid]
      let message = sentence { _ = try Dataset(settings: settings, features: Sample.fixed) }
      #expect(message.hasPrefix("dataset.valid: "))
      #expect(
        message.hasSuffix(
          " is the same file as \(path) of dataset.train, and no row may be in both; remove one")
      )
    }
  }

  /// A row's split depends on its file's name, so that a file may not have two names.
  @Test func aSourceUnderTwoNamesIsRefused() throws {
    let path = try folder.write("a", Sample.criteoText(0..<5))
    #expect(symlink(path, folder.path + "/b") == 0)
    var settings = DatasetSettings()
    settings.source = [folder.path]
    settings.split = DatasetSettings.SplitShares()
    #expect(
      sentence { _ = try Dataset(settings: settings, features: Sample.fixed) }
        == "dataset.source: \(folder.path)/b is the same file as \(path) of dataset.source, "
        + "and no row may be in both; remove one")
    let elsewhere = try TemporaryFolder()
    #expect(symlink(path, elsewhere.path + "/a") == 0)
    settings.source = [path, elsewhere.path]
    #expect(throws: Never.self) { try Dataset(settings: settings, features: Sample.fixed) }
  }

  private func lastTwo(_ path: String) -> String {
    path.split(separator: "/").suffix(2).joined(separator: "/")
  }
}
