import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct AnalyzeCommandTests {
  @Test func collapseWritesItsReportIntoTheRun() throws {
    let tiny = try TinyRun()
    let collapse = try tiny.sfg("analyze collapse --run run --rows 200 --dump")
    #expect(collapse.status == 0, "\(collapse.errors)")
    #expect(collapse.errors.isEmpty)
    #expect(collapse.output.contains("report: run/analysis/collapse/report.html\n"))
    #expect(
      try tiny.files(below: "run/analysis/collapse") == [
        "spectrum.csv", "fields.csv", "summary.json", "spectrum.svg", "report.html",
        "covariance.npy", "representation.npy",
      ])
    let spectrum = try tiny.text("run/analysis/collapse/spectrum.csv").split(separator: "\n")
    #expect(spectrum[0] == "rank,singular_value,normalized,log_normalized")
    #expect(spectrum.count == 157)
    let summary = try tiny.json("run/analysis/collapse/summary.json")
    let runs = try #require(summary["runs"] as? [[String: Any]])
    #expect(runs.map { $0["rows"] as? Int } == [200])
    #expect(try shape(of: "run/analysis/collapse/representation.npy", tiny) == "(200, 156)")
    #expect(try shape(of: "run/analysis/collapse/covariance.npy", tiny) == "(156, 156)")
  }

  @Test func twoRunsAreComparedUnderNamesOfTheirOwn() throws {
    let tiny = try TinyRun()
    _ = try tiny.sfg(
      "train --config tiny.yaml --set run=raw --set model.paradigm=discriminative --output b --quiet"
    )
    let redundancy = try tiny.sfg("analyze redundancy --run run --run b --output out --dump")
    #expect(redundancy.status == 0, "\(redundancy.errors)")
    #expect(
      try tiny.files(below: "out") == [
        "correlation-tiny.npy", "correlation-raw.npy", "left-tiny.npy", "left-raw.npy",
        "right-tiny.npy", "right-raw.npy", "fields.csv", "summary.json", "heatmap.png",
        "report.html",
      ])
    #expect(try tiny.bytes("out/heatmap.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
    // Raw embeddings meet themselves.
    #expect(try tiny.bytes("out/left-raw.npy") == tiny.bytes("out/right-raw.npy"))
    #expect(try tiny.bytes("out/left-tiny.npy") != tiny.bytes("out/right-tiny.npy"))
    let collapse = try tiny.sfg("analyze collapse --run run --run b --output out2")
    #expect(collapse.status == 0)
    let header = try tiny.text("out2/spectrum.csv").split(separator: "\n").first
    #expect(header?.hasPrefix("rank,tiny.singular_value,") == true)
    #expect(header?.contains("raw.singular_value") == true)
  }

  private func shape(of file: String, _ tiny: TinyRun) throws -> String? {
    let header = String(decoding: try tiny.bytes(file).prefix(128), as: UTF8.self)
    return header.firstMatch(of: /'shape': (\(.*?\))/).map { String($0.1) }
  }

  @Test func logisticRegressionHasNothingToAnalyse() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.sfg(
      "train --config tiny.yaml --set model.backbone=lr --set model.paradigm=discriminative --output lr --quiet"
    )
    let collapse = try tiny.sfg("analyze collapse --run lr")
    #expect(collapse.status == 78)
    #expect(collapse.errorLines.count == 1)
  }

  @Test func inspectSaysTheSameInTextAndJSON() throws {
    let tiny = try TinyRun(trained: false)
    let json = try tiny.sfg("inspect --config tiny.yaml --json")
    #expect(json.errors.isEmpty)
    let summary = try json.json()
    let rows = try #require(summary["rows"] as? Int)
    let fields = try #require(summary["fields"] as? [[String: Any]])
    #expect(fields.count == 39)
    let text = try tiny.sfg("inspect --config tiny.yaml")
    #expect(
      text.output.hasPrefix(
        "\(rows) rows, \(summary["positives"] as? Int ?? -1) clicks, click rate "))
    let words = text.output.split(separator: "\n").map { $0.split(separator: " ") }
    for field in fields {
      let name = try #require(field["field"] as? String)
      let encoding = try #require(field["encoding"] as? String)
      let distinct = try #require(field["distinct"] as? Int)
      #expect(words.contains { $0.prefix(3).map(String.init) == [name, encoding, "\(distinct)"] })
    }
  }
}
