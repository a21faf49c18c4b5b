import CZlib
import Foundation
import Platform

@testable import ClickData

/// Rows of a synthetic log, written to a temporary folder and read back.
struct SyntheticSample {
  let rows: [[String]]
  let probabilities: [Double]
  let summary: SyntheticSummary

  /// 40,000 rows of each preset, shared by tests.
  static let criteo = Result { try SyntheticSample(.criteo, seed: 8, rows: 40_000) }
  static let avazu = Result { try SyntheticSample(.avazu, seed: 8, rows: 40_000) }

  /// Generates rows and parses them without the header.
  init(
    _ preset: SyntheticLog.Preset, seed: UInt64, rows count: Int, firstRow: UInt64 = 0
  ) throws {
    let written = try Self.write(preset, seed: seed, rows: count, firstRow: firstRow)
    // Split as bytes: splitting millions of values into characters would take minutes.
    let separator = UInt8(ascii: preset == .avazu ? "," : "\t")
    rows = Self.lines(written.data).dropFirst(preset == .avazu ? 1 : 0).map { line in
      line.split(separator: separator, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    }
    probabilities = Self.lines(written.truth).dropFirst().compactMap {
      Double(String(decoding: $0, as: UTF8.self))
    }
    summary = written.summary
  }

  /// The values of one column.
  func column(_ index: Int) -> [String] { rows.map { $0[index] } }

  /// The inflated bytes of a log and of its probabilities.
  static func write(
    _ preset: SyntheticLog.Preset, seed: UInt64, rows: Int, firstRow: UInt64 = 0, threads: Int = 2,
    suffix: String = ".gz"
  ) throws -> (data: [UInt8], truth: [UInt8], raw: [UInt8], summary: SyntheticSummary) {
    try withFolder { folder in
      let path = folder + "/log" + suffix
      let truth = folder + "/truth" + suffix
      let summary = try SyntheticLog(preset: preset, seed: seed).write(
        rows: rows, firstRow: firstRow, to: path, truth: truth,
        pool: WorkerPool(threads: threads))
      let raw = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
      return (inflated(path), inflated(truth), raw, summary)
    }
  }

  /// Runs a body with a new folder, and deletes that folder.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/synthetic-\(UUID().uuidString)"
    try Folder.make(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  /// The text of a file, compressed or not, read by zlib.
  static func inflated(_ path: String) -> [UInt8] {
    guard let file = gzopen(path, "rb") else { return [] }
    defer { gzclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = gzread(file, &buffer, UInt32(buffer.count))
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: buffer[..<Int(count)])
    }
  }

  /// The lines of a text that ends with a line feed.
  static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
  }
}
