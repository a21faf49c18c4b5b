import Foundation
import LinearAlgebra
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct FileFormatTests {
  /// Parses an npy file of version 1.0 in C order, according to numpy's documentation.
  private func parse(_ path: String) throws -> (type: String, shape: [Int], body: Data) {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(Array(data[0..<8]) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    let length = Int(data[8]) | Int(data[9]) << 8
    #expect((10 + length) % 64 == 0)
    let header = try #require(String(data: data[10..<10 + length], encoding: .ascii))
    #expect(header.hasSuffix("\n"))
    let match = try #require(
      header.wholeMatch(
        of: /\{'descr': '(.+)', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n/))
    return (
      String(match.1), [Int(match.2) ?? -1, Int(match.3) ?? -1], data[(10 + length)...]
    )
  }

  @Test func npyHeaderParsesAndElementsFollowRowByRow() throws {
    try withFolder { folder in
      let matrix = DoubleMatrix(rows: 2, columns: 3, elements: [0, 1, 2, 10, 11, -0.1])
      try NpyFile.write(matrix, to: folder + "/m.npy")
      let (type, shape, body) = try parse(folder + "/m.npy")
      #expect(type == "<f8" && shape == [2, 3])
      let numbers = body.withUnsafeBytes { bytes in
        (0..<6).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
      }
      #expect(body.count == 48 && numbers == matrix.elements)
    }
  }

  @Test func npyHeaderCountsTheRowsOfAllBatches() throws {
    try withFolder { folder in
      let wide = Matrix.random(300, 8, seed: 1)
      let rows = try NpyRows(folder + "/rows.npy", columns: 5)
      // Columns of a wider matrix: its rows are not contiguous.
      let view = wide.view.columns(2..<7)
      try withExtendedLifetime(wide) {
        try rows.append(view.rows(0..<120))
        try rows.append(view.rows(120..<300))
      }
      try rows.commit()
      let (type, shape, body) = try parse(folder + "/rows.npy")
      #expect(type == "<f\(MemoryLayout<Scalar>.size)" && shape == [300, 5])
      let numbers = body.withUnsafeBytes { bytes in
        (0..<1500).map {
          bytes.loadUnaligned(fromByteOffset: MemoryLayout<Scalar>.size * $0, as: Scalar.self)
        }
      }
      #expect(withExtendedLifetime(wide) { numbers == view.elements })
    }
  }

  @Test func csvQuotesSpecialCharactersAndLeavesNonFiniteNumbersEmpty() {
    let table = CSVTable(
      header: ["field", "a,b", "c", "d"],
      rows: [
        [.text("say \"hi\""), .number(0.1), .number(-.infinity), .integer(-3)],
        [.text("two\nlines"), .number(1e-300)],
      ])
    #expect(
      table.text
        == "field,\"a,b\",c,d\n\"say \"\"hi\"\"\",0.1,,-3\n\"two\nlines\",1e-300,,\n")
  }

  @Test func csvNumbersParseBackToTheSameBits() throws {
    let numbers = [0.1, 1.0 / 3, Double.leastNonzeroMagnitude, 1.7976931348623157e308, -2.5e-17]
    let table = CSVTable(header: ["x"], rows: numbers.map { [.number($0)] })
    let read = table.text.split(separator: "\n").dropFirst().map { Double($0) }
    #expect(read == numbers)
  }

  @Test func jsonKeepsTheOrderOfMembersAndWritesNullForNonFiniteNumbers() throws {
    let value = JSONValue.object([
      ("z", .number(-.infinity)), ("a", .array([.number(0.1), .null])),
      ("m", .array([.object([("k\"", .boolean(true))])])),
    ])
    #expect(value.description == #"{"z": null, "a": [0.1, null], "m": [{"k\"": true}]}"#)
    #expect(
      value.pretty
        == """
        {
          "z": null,
          "a": [0.1, null],
          "m": [
            {
              "k\\"": true
            }
          ]
        }
        """)
  }

  @Test func filesOfSeveralRunsHaveDifferentNames() {
    let one = ReportFolder("out", runs: ["fm"])
    #expect(one.file("correlation", "npy", run: 0) == "out/correlation.npy")
    let several = ReportFolder("out", runs: ["fm", "a/b", "fm"])
    #expect(several.labels == ["fm", "a/b", "fm (2)"])
    #expect(
      (0..<3).map { several.file("c", "npy", run: $0) }
        == ["out/c-fm.npy", "out/c-a_b.npy", "out/c-fm_2.npy"])
  }
}
