import Foundation
import Platform
import Testing

@testable import ClickData

@Suite struct SyntheticLogTests {
  @Test(arguments: SyntheticLog.Preset.allCases)
  func sameSeedGivesTheSameBytesForAnyNumberOfThreads(_ preset: SyntheticLog.Preset) throws {
    let one = try SyntheticSample.write(preset, seed: 7, rows: 70_000, threads: 1)
    let three = try SyntheticSample.write(preset, seed: 7, rows: 70_000, threads: 3)
    #expect(one.raw == three.raw)
    #expect(one.truth == three.truth)
    #expect(one.summary == three.summary)
  }

  @Test(arguments: SyntheticLog.Preset.allCases)
  func anotherSeedGivesOtherRows(_ preset: SyntheticLog.Preset) throws {
    let first = try SyntheticSample(preset, seed: 1, rows: 500)
    let second = try SyntheticSample(preset, seed: 2, rows: 500)
    #expect(zip(first.rows, second.rows).allSatisfy { $0 != $1 })
    #expect(zip(first.probabilities, second.probabilities).allSatisfy { $0 != $1 })
  }

  @Test(arguments: SyntheticLog.Preset.allCases)
  func aShorterLogIsTheStartOfALongerOne(_ preset: SyntheticLog.Preset) throws {
    let short = try SyntheticSample.write(preset, seed: 3, rows: 1_000)
    let long = try SyntheticSample.write(preset, seed: 3, rows: 40_000)
    #expect(long.data.starts(with: short.data))
    #expect(long.truth.starts(with: short.truth))
  }

  @Test(arguments: SyntheticLog.Preset.allCases)
  func firstRowContinuesTheLog(_ preset: SyntheticLog.Preset) throws {
    let whole = try SyntheticSample(preset, seed: 3, rows: 30_000)
    let later = try SyntheticSample(preset, seed: 3, rows: 10_000, firstRow: 20_000)
    #expect(later.rows == Array(whole.rows[20_000...]))
    #expect(later.probabilities == Array(whole.probabilities[20_000...]))
  }

  @Test func aNameWithoutGzIsWrittenPlain() throws {
    let packed = try SyntheticSample.write(.avazu, seed: 5, rows: 20_000)
    let plain = try SyntheticSample.write(.avazu, seed: 5, rows: 20_000, suffix: ".csv")
    #expect(packed.raw.starts(with: [0x1f, 0x8b]))
    #expect(packed.raw.count < plain.raw.count)
    #expect(plain.raw == packed.data)
    #expect(plain.truth == packed.truth)
  }

  @Test func criteoRowsHaveFortyColumnsOfIntegersAndHexadecimals() throws {
    let sample = try SyntheticSample.criteo.get()
    #expect(sample.rows.count == 40_000)
    for row in sample.rows {
      guard row.count == 40 else {
        Issue.record("expected 40 columns, found \(row.count): \(row)")
        return
      }
      let whole =
        ["0", "1"].contains(row[0])
        && row[1...13].allSatisfy { $0.isEmpty || Int($0).map { "\($0)" } == $0 }
        && row[14...].allSatisfy { $0.isEmpty || isName($0) }
      guard whole else {
        Issue.record("a value is not in its notation: \(row)")
        return
      }
    }
  }

  @Test func avazuRowsHaveTwentyFourColumnsUnderTheHeader() throws {
    let written = try SyntheticSample.write(.avazu, seed: 11, rows: 1)
    #expect(
      SyntheticSample.lines(written.data).first.map { String(decoding: $0, as: UTF8.self) }
        == """
        id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,\
        app_category,device_id,device_ip,device_model,device_type,device_conn_type,\
        C14,C15,C16,C17,C18,C19,C20,C21
        """)
    let sample = try SyntheticSample.avazu.get()
    #expect(sample.rows.count == 40_000)
    #expect(Set(sample.rows.map { $0[0] }).count == 40_000)
    for row in sample.rows {
      guard row.count == 24 else {
        Issue.record("expected 24 columns, found \(row.count): \(row)")
        return
      }
      let hour = Int(row[2]) ?? 0
      let whole =
        UInt64(row[0]) != nil && (19...20).contains(row[0].count) && ["0", "1"].contains(row[1])
        && (141021...141030).contains(hour / 100) && (0...23).contains(hour % 100)
        && row[5...13].allSatisfy(isName)
        && (row[3...4] + row[14...]).allSatisfy { Int($0) != nil }
      guard whole else {
        Issue.record("a value is not in its notation: \(row)")
        return
      }
    }
  }

  @Test func anErrorOfProgressEndsTheWorkAndLeavesNoFile() throws {
    struct Stopped: Error {}
    try SyntheticSample.withFolder { folder in
      #expect(throws: Stopped.self) {
        _ = try SyntheticLog(preset: .criteo, seed: 1).write(
          rows: 100_000, to: folder + "/log.gz", truth: folder + "/truth.gz",
          pool: WorkerPool(threads: 1)
        ) { done in
          #expect(done == 2 * SyntheticLog.partRows)
          throw Stopped()
        }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == [])
    }
  }

  @Test func progressEndsAtTheNumberOfRows() throws {
    try SyntheticSample.withFolder { folder in
      var reports: [Int] = []
      let summary = try SyntheticLog(preset: .avazu, seed: 1).write(
        rows: 50_000, to: folder + "/log.gz", pool: WorkerPool(threads: 1)
      ) { reports.append($0) }
      #expect(reports == [32_768, 50_000])
      #expect(summary.rows == 50_000)
    }
  }

  private func isName(_ text: String) -> Bool {
    text.utf8.count == 8 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
  }
}
