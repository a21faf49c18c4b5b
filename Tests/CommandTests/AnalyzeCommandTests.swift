import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct AnalyzeCommandTests {
  @Test func collapseWritesItsReportIntoTheRun() throws {
    let tiny = try TinyRun()
    let collapse = try tiny.sfg("analyze collapse --run run --rows 200 --dump")
    #expect(collapse.status == 0, "\(collapse.errors)")
    #expect(!collapse.errors.contains("warning"), "\(collapse.errors)")
    #expect(collapse.output.contains("report: run/analysis/collapse/report.html\n"))
    #expect(
      try tiny.files(below: "run/analysis/collapse") == [
        "spectrum.csv", "representations.csv", "fields.csv", "summary.json", "spectrum.svg",
        "spectrum-embedding.svg", "spectrum-interaction.svg", "fields.svg", "report.html",
        "covariance-embedding.npy", "covariance-encoder.npy", "covariance-interaction.npy",
        "representation-embedding.npy", "representation-encoder.npy",
        "representation-interaction.npy",
      ])
    let spectrum = try tiny.text("run/analysis/collapse/spectrum.csv").split(separator: "\n")
    #expect(spectrum[0] == "run,representation,rank,singular_value,normalized,log_normalized")
    // What is generated for the last field is read by no pair: 38 fields of four dimensions.
    #expect(spectrum.count == 1 + 156 + 152 + 741)
    let summary = try tiny.json("run/analysis/collapse/summary.json")
    let runs = try #require(summary["runs"] as? [[String: Any]])
    let places = try #require(runs.first?["representations"] as? [[String: Any]])
    #expect(places.map { $0["rows"] as? Int } == [200, 200, 200])
    #expect(try shape(of: "run/analysis/collapse/representation-encoder.npy", tiny) == "(200, 152)")
    #expect(try shape(of: "run/analysis/collapse/covariance-encoder.npy", tiny) == "(152, 152)")
  }

  /// A row that training skipped is left out of the spectra as well, and named.
  @Test func skippedRowsAreReported() throws {
    let tiny = try TinyRun(trained: false)
    let train = try SFGBinary.shell(
      "(zcat clicks.tsv.gz; printf 'bad row\\n') | gzip > more.tsv.gz && $SFG train "
        + "--config tiny.yaml --output run --quiet --set dataset.split=null "
        + "--set dataset.source=null --set dataset.train=clicks.tsv.gz "
        + "--set dataset.valid=more.tsv.gz --set dataset.on_bad_row=skip",
      in: tiny.folder.path)
    #expect(train.status == 0, "\(train.errors)")
    let collapse = try tiny.sfg("analyze collapse --run run --representation encoder")
    #expect(collapse.status == 0, "\(collapse.errors)")
    #expect(
      collapse.errors.hasPrefix("run: valid: skipped 1 of 2001 rows (0.05 %): "),
      "\(collapse.errors)")
  }

  @Test func twoRunsAreReportedUnderTheirOwnNames() throws {
    let tiny = try TinyRun()
    _ = try tiny.sfg(
      "train --config tiny.yaml --set run=raw --set model.paradigm=discriminative --output b --quiet"
    )
    let redundancy = try tiny.sfg("analyze redundancy --run run --run b --output out --dump")
    #expect(redundancy.status == 0, "\(redundancy.errors)")
    #expect(
      try tiny.files(below: "out") == [
        "correlation-tiny.npy", "correlation-raw.npy", "correlation-within_left-tiny.npy",
        "correlation-within_left-raw.npy", "correlation-within_right-tiny.npy",
        "correlation-within_right-raw.npy", "left-tiny.npy", "left-raw.npy", "right-tiny.npy",
        "right-raw.npy", "fields.csv", "measures.csv", "summary.json", "heatmap.png", "fields.svg",
        "report.html",
      ])
    #expect(try tiny.bytes("out/heatmap.png").starts(with: [0x89, 0x50, 0x4e, 0x47]))
    // Both operands are the raw embeddings.
    #expect(try tiny.bytes("out/left-raw.npy") == tiny.bytes("out/right-raw.npy"))
    #expect(try tiny.bytes("out/left-tiny.npy") != tiny.bytes("out/right-tiny.npy"))
    let collapse = try tiny.sfg("analyze collapse --run run --run b --output out2")
    #expect(collapse.status == 0)
    let spectra = try tiny.text("out2/spectrum.csv")
    #expect(spectra.contains("\ntiny,encoder,1,") && spectra.contains("\nraw,encoder,1,"))
    try compares(tiny)
  }

  /// Compares two runs on the same held-out rows, and runs both analyses in one pass.
  private func compares(_ tiny: TinyRun) throws {
    let compare = try tiny.sfg("compare run b --output compared --json")
    #expect(compare.status == 0, "\(compare.errors)")
    let differences = try #require(try compare.json()["differences"] as? [[String: Any]])
    let difference = try #require(differences.first)
    #expect(try #require(difference["AUC_p"] as? Double) <= 1)
    #expect(difference["AUC_p_holm"] as? Double == difference["AUC_p"] as? Double, "of one pair")
    #expect(try tiny.text("compared/report.html").contains("<svg"))
    #expect(try tiny.sfg("compare run").status == 64)
    #expect(try tiny.sfg("compare run b --split train --threads 1").status == 0)
    let report = try tiny.sfg(
      "analyze report --run run --run b --rows 300 --sample 100 --repeats 2 --output both")
    #expect(report.status == 0, "\(report.errors)")
    #expect(try tiny.text("both/report.html").contains("data:image/png;base64,"))
    #expect(tiny.exists("both/collapse/spectrum.csv") && tiny.exists("both/redundancy/heatmap.png"))
    #expect(try tiny.text("both/report.html").contains("id=\"importance\""))
    #expect(try tiny.text("both/importance/importance.csv").contains("\nraw,discriminative,fm,"))
    let raw = try tiny.sfg(
      "analyze collapse --run run --representation encoder --centered false --output raw")
    #expect(raw.status == 0, "\(raw.errors)")
    #expect(try tiny.text("raw/representations.csv").contains(",encoder,raw,"))
    let unknown = try tiny.sfg("analyze collapse --run run --representation head")
    #expect(unknown.status == 64 && unknown.errorLines.count == 1)
  }

  @Test func importanceIsMeasuredForEveryFieldWhateverTheThreads() throws {
    let tiny = try TinyRun()
    let command = "analyze importance --run run --sample 150 --repeats 2 --threads"
    let one = try tiny.sfg("\(command) 1 --output one")
    #expect(one.status == 0, "\(one.errors)")
    #expect(!one.errors.contains("warning"), "\(one.errors)")
    #expect(one.output.hasPrefix("field"))
    #expect(
      one.output.hasSuffix("report: one/report.html\nchart:  one/importance.svg\n"), "\(one.output)"
    )
    #expect(try tiny.sfg("\(command) 2 --output two").status == 0)
    #expect(
      try tiny.files(below: "one") == [
        "importance.csv", "importance.svg", "summary.json", "report.html",
      ])
    #expect(try tiny.bytes("one/summary.json") == tiny.bytes("two/summary.json"))
    #expect(try tiny.text("one/importance.csv").split(separator: "\n").count == 1 + 39)
    let summary = try tiny.json("one/summary.json")
    let run = try #require((summary["runs"] as? [[String: Any]])?.first)
    #expect(run["rows"] as? Int == 150 && run["repeats"] as? Int == 2)
    let repeats = try tiny.sfg("analyze importance --run run --repeats 1")
    #expect(repeats.status == 64)
    #expect(
      repeats.errors.hasPrefix("Error: '--repeats' takes a number of at least 2, found 1."),
      "\(repeats.errors)")
  }

  private func shape(of file: String, _ tiny: TinyRun) throws -> String? {
    let header = String(decoding: try tiny.bytes(file).prefix(128), as: UTF8.self)
    return header.firstMatch(of: /'shape': (\(.*?\))/).map { String($0.1) }
  }

  @Test func logisticRegressionCannotBeAnalysed() throws {
    let tiny = try TinyRun(trained: false)
    _ = try tiny.sfg(
      "train --config tiny.yaml --set model.backbone=lr --set model.paradigm=discriminative --output lr --quiet"
    )
    let collapse = try tiny.sfg("analyze collapse --run lr")
    #expect(collapse.status == 78)
    #expect(collapse.errorLines.count == 1)
  }

  @Test func inspectReportsTheSameInTextAndJSON() throws {
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
