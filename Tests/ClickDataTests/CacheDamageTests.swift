import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@testable import ClickData

/// A cache is used only if it is exactly as it was written, for exactly this data.
@Suite struct CacheDamageTests {
  private let fixture: CacheFixture
  private let rows: [ReadRow]

  init() throws {
    fixture = try CacheFixture()
    rows = try fixture.pass().rows
  }

  /// Expects this problem in the next pass, correct rows, and a correct cache after it.
  private func expectRefusal(_ problem: CacheProblem, _ context: String = "") throws {
    let pass = try fixture.pass()
    #expect(pass.events.map(\.kind) == ["written instead"], "\(context)")
    #expect(pass.events.first?.problem == problem, "\(context)")
    #expect(pass.rows == rows, "\(context)")
    let next = try fixture.pass()
    #expect(next.events.map(\.kind) == ["used"], "\(context)")
    #expect(next.rows == rows, "\(context)")
  }

  @Test func aFlippedBitAnywhereIsDetected() throws {
    let path = try fixture.file("npy")
    let size = try #require(FileStamp(path: path)).bytes
    let header = 10 + 3000
    let random = CounterRandom(seed: 3, stream: 0)
    let places =
      [0, 7, 9, 30, size - 1]
      + (0..<12).map {
        header + random.integer(UInt64($0), below: size - header)
      }
    for place in places {
      try fixture.change(path) { $0[place] ^= 1 << UInt8(place % 8) }
      let pass = try fixture.pass()
      #expect(pass.events.map(\.kind) == ["written instead"], "byte \(place)")
      #expect(pass.rows == rows)
    }
  }

  @Test func aTruncatedOrLongerFileIsDetected() throws {
    let path = try fixture.file("npy")
    let size = try #require(FileStamp(path: path)).bytes
    for count in [0, 1, 64, size / 2, size - 1] {
      #expect(truncate(path, count) == 0)
      try expectRefusal(.damaged("it has \(count) bytes instead of \(size)"))
    }
    try fixture.change(path) { $0.append(0) }
    try expectRefusal(.damaged("it has \(size + 1) bytes instead of \(size)"))
    unlink(path)
    try expectRefusal(.damaged("its rows are missing"))
  }

  @Test func aFlippedBitInTheManifestIsDetected() throws {
    let path = try fixture.file("json")
    let intact = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for place in stride(from: 0, to: intact.count, by: 7) {
      for bit in [0, 4] as [UInt8] {
        try fixture.change(path) {
          $0 = intact; $0[place] ^= 1 << bit
        }
        // Blanks between members are ignored; any other change is refused, and no pass has wrong
        // rows.
        let manifest = try? CacheManifest(contentsOf: path)
        #expect(manifest == nil || intact[place] == 0x20 || intact[place] == 0x0a, "byte \(place)")
      }
    }
    try fixture.change(path) { $0 = Array($0.dropLast(20)) }
    try expectRefusal(.damaged("its manifest is not what was written"))
    unlink(path)
    #expect(try fixture.pass().events.map(\.kind) == ["written"])
  }

  @Test func anotherVersionIsRefused() throws {
    try fixture.change(try fixture.file("json")) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      bytes = Array(text.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 9").utf8)
    }
    try expectRefusal(.version(9))
  }

  /// The file keeps its size and its time of writing; the time of the last change reveals it.
  @Test func anotherContentWithTheSameSizeAndTimeIsDetected() throws {
    let path = fixture.paths[1]
    var status = stat()
    #expect(stat(path, &status) == 0)
    var times = [status.st_atim, status.st_mtim]
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    // The first row's label.
    try file.write(contentsOf: [UInt8(ascii: "1")])
    try file.close()
    #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    let pass = try fixture.pass()
    #expect(pass.events.first?.problem == .changed(path: try resolved(path)))
    #expect(pass.rows != rows && pass.rows[9000].label == 1)
    #expect(try fixture.pass().rows == pass.rows)
  }

  @Test func aCopyWithTheSameBytesIsTheSameData() throws {
    let path = fixture.paths[1]
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    unlink(path)
    _ = try fixture.folder.write("b.tsv", bytes)
    #expect(try fixture.pass().events.map(\.kind) == ["used"])
  }

  /// A stamp that a later change could repeat is not saved, so that the bytes are compared.
  @Test func aRecentlyWrittenFileIsComparedByItsBytes() throws {
    let manifest = try #require(try CacheManifest(contentsOf: try fixture.file("json")))
    #expect(manifest.files.map(\.stamp) == [nil, nil])
    let used = try fixture.pass(try fixture.dataset(delay: 60))
    #expect(used.events.map(\.kind) == ["used"])
    let later = try #require(try CacheManifest(contentsOf: try fixture.file("json")))
    #expect(later.files.map(\.stamp) == fixture.paths.map { FileStamp(path: $0) })
    #expect(try later.checked(fixture.paths, at: 0) == later)
  }

  @Test func otherEncodingsHaveOtherRows() throws {
    fixture.features.categorical = .hash(buckets: 999)
    let other = try fixture.pass()
    #expect(other.events.map(\.kind) == ["written"])
    #expect(other.rows != rows)
    fixture.features.categorical = .hash(buckets: 1000)
    #expect(try fixture.pass().events.map(\.kind) == ["used"])
  }

  private func resolved(_ path: String) throws -> String {
    let found = try #require(realpath(path, nil))
    defer { free(found) }
    return String(cString: found)
  }
}
