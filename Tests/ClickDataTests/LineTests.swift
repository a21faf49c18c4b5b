import ClickData
import TestSupport
import Testing

@Suite struct LineTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(_ bytes: [UInt8]) throws -> [ReadRow] {
    let path = try folder.write("t.tsv", bytes)
    return try Dataset(settings: Sample.criteo([path]), features: Sample.fixed).rows()
  }

  @Test func lineEndsBlankLinesAndByteOrderMarksChangeNothing() throws {
    let lines = (0..<9).map(Sample.criteoLine)
    let plain = try rows(Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(plain.count == 9)
    #expect(try rows(Array(lines.joined(separator: "\n").utf8)) == plain)
    #expect(try rows(Array(lines.joined(separator: "\r\n").utf8)) == plain)
    #expect(try rows(Array(("\n\r\n" + lines.joined(separator: "\n\n")).utf8)) == plain)
    #expect(try rows([0xef, 0xbb, 0xbf] + Array(lines.joined(separator: "\n").utf8)) == plain)
  }

  @Test func gzipIsDetectedFromTheContentAndMayHaveSeveralMembers() throws {
    let text = Sample.criteoText(0..<300)
    let plain = try rows(Array(text.utf8))
    #expect(try rows(GzipFile.member(text)) == plain)
    // Members end within lines; one is empty.
    let bytes = Array(text.utf8)
    let cuts = [0, 1, 999, 999, 20_000, bytes.count]
    let members = zip(cuts, cuts.dropFirst()).flatMap { GzipFile.member(Array(bytes[$0..<$1])) }
    #expect(try rows(members) == plain)
  }

  @Test func rowsAcrossChunksStayWhole() throws {
    // About 5 MB, in chunks of 1 MiB.
    let text = Sample.criteoText(0..<20_000)
    let dataset = try Dataset(
      settings: Sample.criteo([try folder.write("t.tsv", GzipFile.member(text))]),
      features: Sample.fixed)
    let rows = try dataset.rows(batchSize: 1024)
    #expect(rows.count == 20_000)
    #expect(rows.indices.allSatisfy { rows[$0].position == UInt64($0) })
    #expect(rows.indices.allSatisfy { rows[$0].label == Float($0 % 2) })
    // I1 is the row's number minus five, which identifies every row.
    #expect(rows.indices.allSatisfy { rows[$0].ids[0] == naiveLogBucketID(Double($0 - 5)) })
  }

  @Test func aLineLongerThanAChunkIsRead() throws {
    let long = String(repeating: "z", count: 3 << 20)
    let path = try folder.write("l.csv", "y,a\n0,b\n1,\(long)\n0,c\n")
    let dataset = try Dataset(settings: Sample.delimited([path]), features: Sample.fixed)
    #expect(try dataset.rows().map(\.ids) == ["b", long, "c"].map { [naiveHashID("a", $0, 1000)] })
  }

  @Test func globsAndListsAreSortedAndEachFileIsReadOnce() throws {
    for (index, name) in ["b.tsv", "a.tsv", "c.tsv"].enumerated() {
      _ = try folder.write(name, "1" + Sample.criteoLine(index).dropFirst() + "\n")
    }
    let glob = "\(folder.path)/?.tsv"
    let listed = ["c", "a", "b"].map { "\(folder.path)/\($0).tsv" }
    let rows = try [[glob], listed, [glob] + listed].map {
      try Dataset(settings: Sample.criteo($0), features: Sample.fixed).rows()
    }
    #expect(rows[0].map { $0.ids[0] } == [1, 0, 2].map { naiveLogBucketID(Double($0 - 5)) })
    #expect(rows[1] == rows[0])
    #expect(rows[2] == rows[0])
  }
}
