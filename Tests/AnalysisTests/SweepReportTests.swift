import Foundation
import FoundationXML
import Models
import TestSupport
import Testing

@testable import Analysis

@Suite struct SweepReportTests {
  /// Three models; the first has one arm, the second a clear difference, the third a tiny one.
  private func results() throws -> SweepResults {
    func scores(_ quality: Double, _ seed: Int) -> HeldOutScores {
      var scores = HeldOutScores(.example("a", .generative))
      for row in 0..<400 {
        let noise = Double((row * 7919 + seed * 104_729) % 1000) / 250 - 2
        scores.add(
          position: UInt64(row), clicked: row % 3 == 0,
          logit: (row % 3 == 0 ? quality : 0) + noise)
      }
      return scores
    }
    func arm(_ label: String, _ auc: [Double], quality: Double?) throws -> SweepResults.Arm {
      let runs = auc.enumerated().map { index, auc in
        var run = SweepResults.Run(name: "\(label)_\(index)", seed: "\(index)")
        (run.auc, run.logloss, run.bestEpoch) = (auc, 0.4, index + 1)
        // Waiting made the first runs slow; the cost is of the time that processors worked.
        run.rowsPerSecond = 100
        run.rowsPerProcessorSecond = label == "generative" ? 500 : 1000
        return run
      }
      return SweepResults.Arm(
        label: label, paradigm: .generative,
        chosen: label == "generative" ? [("model.encoder.gamma", "0.1")] : [], runs: runs,
        expected: 2,
        difference: try quality.map { quality in
          try SeedPairs((0..<4).map { (scores(1, $0), scores(quality, $0 + 10)) })
        })
    }
    return SweepResults(
      name: "s_1", compared: "paradigm", split: "test", rows: 400,
      blocks: [
        .init(name: "lr", arms: [try arm("–", [0.7, 0.7], quality: nil)]),
        .init(
          name: "fm_x",
          arms: [
            try arm("discriminative", [0.71, 0.73], quality: nil),
            try arm("generative", [0.8, 0.8], quality: 4),
          ]),
        .init(
          name: "dcn|v2",
          arms: [
            try arm("discriminative", [0.71], quality: nil),
            try arm("generative", [0.72], quality: 1),
          ]),
      ],
      problems: [.init(run: "fm_3", reason: "broken: <a> & b")], missing: 2)
  }

  @Test func onlySignificantDifferencesAreBold() throws {
    let table = SweepTable(try results())
    let lines = table.markdown.split(separator: "\n")
    #expect(lines[3].hasPrefix("| fm_x | discriminative | 2 | – | 0.72000 ± 0.01414 |"))
    #expect(lines.filter { $0.hasPrefix("|") && $0.contains("**") }.count == 1)
    #expect(lines[4].contains("**+0.") && lines[4].contains("| 2.00× |"))
    #expect(lines[5].hasPrefix("| dcn\\|v2 | discriminative | 1 | – | 0.71000 |"))
    let tex = table.latex
    #expect(tex.contains("\\toprule") && tex.contains("\\bottomrule"))
    #expect(tex.contains("fm\\_x & generative & 2 & 0.1 & 0.80000 $\\pm$ 0.00000"))
    #expect(tex.contains("dcn$|$v2"))
    #expect(
      !tex.contains("±") && !tex.contains("Δ") && !tex.contains("γ") && tex.allSatisfy(\.isASCII))
    let cells = tex.split(separator: "\n").filter { $0.hasSuffix("\\\\") }
    #expect(Set(cells.map { $0.count(where: { $0 == "&" }) }).count == 1)
  }

  /// Two paradigms have the embedding in common; the source is another thing in each.
  @Test func theEmbeddingAndTheSourceHaveAColumnEach() throws {
    var results = try results()
    results.blocks[1].arms[1].runs[0].embeddingRankMe = 20
    results.blocks[1].arms[1].runs[0].sourceRankMe = 9
    let table = SweepTable(results)
    let lines = table.markdown.split(separator: "\n").map { $0.split(separator: "|") }
    let place = try #require(lines[0].firstIndex(of: " embedding RankMe "))
    #expect(lines[0][place + 1] == " source RankMe ")
    #expect(lines[4][place...].prefix(2) == [" 20.0 ", " 9.0 "])
    let folder = try TemporaryFolder()
    try SweepReport(results).write(to: folder.path)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }
    #expect(try text("table.csv").contains(",embedding_rankme,source_rankme,"))
    #expect(try text("summary.json").contains("\"embedding_rankme\": 20.0"))
    #expect(try !text("summary.json").contains("\"rankme\""))
    #expect(try text("report.html").contains(">source RankMe<"))
  }

  @Test func cautionsNameWhatMayMakeADifference() throws {
    var results = try results()
    #expect(SweepCautions(results).sentences.isEmpty)
    results.blocks[1].arms[1].tried = [("model.encoder.gamma", ["0.1", "1", "6"])]
    results.blocks[2].arms[1].tried = [("model.encoder.gamma", ["1", "0.1", "0.01"])]
    results.blocks[1].arms[1].epochs = 2
    results.blocks[1].arms[0].epochs = 2
    let sentences = SweepCautions(results).sentences
    #expect(
      sentences == [
        "γ = 0.1, the smallest value tried, was chosen for fm_x generative: a smaller one may be better.",
        "γ was searched for one side of a comparison only: a part of the difference may be the choice "
          + "itself.",
        "In 2 of 4 runs the best epoch is the last one: longer training may change differences.",
      ])
    #expect(SweepTable(results).markdown.contains("\n- \(sentences[0])\n- \(sentences[1])"))
    results.blocks[1].arms[0].tried = results.blocks[1].arms[1].tried
    results.blocks[2].arms[0].tried = results.blocks[2].arms[1].tried
    #expect(SweepCautions(results).sentences.count == 2)
  }

  /// A difference of one seed is one of two runs, and few seeds support no tiny p.
  @Test func fewSeedsClaimLittle() {
    let one = TwoLevelDifference([0.1], rowCovariance: [[1e-9]])
    let three = TwoLevelDifference(
      [0.1, 0.1001, 0.0999], rowCovariance: [[1e-9, 0, 0], [0, 1e-9, 0], [0, 0, 1e-9]])
    #expect(!SweepTable.isSignificant(one, one.pValue) && one.pValue < 1e-16)
    #expect(SweepTable.isSignificant(three, three.pValue))
    #expect(!SweepTable.isSignificant(three, 0.06) && !SweepTable.isSignificant(nil, 0))
    #expect(SweepTable.text(pValue: 1e-9) == "< 10⁻⁴")
    #expect(SweepTable.text(pValue: 0.012) == "0.0120" && SweepTable.text(pValue: nil) == "–")
  }

  @Test func correctedValuesAreOverAllDifferencesOfTheTable() throws {
    let lines = SweepTable(try results()).lines.filter { $0.arm.difference != nil }
    let plain = lines.compactMap { $0.arm.difference?.auc?.pValue }
    #expect(lines.compactMap(\.pAUC) == Holm.adjusted(plain) && plain.count == 2)
  }

  @Test func thePageHasTheFiguresThatItsRunsAllow() throws {
    var results = try results()
    results.recorded = [0.1, 1, 10].flatMap { gamma in
      [1, 2].map { seed in
        var run = RecordedRun.example(seed: seed, [("model.encoder.gamma", "\(gamma)")])
          .evaluated([0.6, 0.7])
        run.outcome = ["test/AUC": 0.7]
        return run
      }
    }
    results.factors = [
      .init(key: "model.encoder.gamma", runs: results.recorded, split: "test")
    ]
    let folder = try TemporaryFolder()
    try SweepReport(results).write(to: folder.path)
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    #expect(
      names.subtracting(SweepReport.files) == [
        "AUC-by-epoch.svg", "AUC-by-epoch.csv", "AUC-against-gamma.svg", "AUC-against-gamma.csv",
      ])
    let page = try String(contentsOfFile: "\(folder.path)/report.html", encoding: .utf8)
    #expect(page.contains("id=\"curves\"") && page.contains("id=\"factor-model-encoder-gamma\""))
    // No run was analysed.
    #expect(page.contains("Figures that are not drawn"))
    #expect(page.contains("run sfg analyze collapse --run runs/1-model.encoder.gamma=0.1 first"))
    #expect(page.contains("<nav aria-label=\"Contents\">"))
  }

  @Test func everyFormatHasTheSameArms() throws {
    let folder = try TemporaryFolder()
    try SweepReport(try results()).write(to: folder.path)
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
        == Set(SweepReport.files))
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }
    #expect(try text("table.csv").split(separator: "\n").count == 6)
    #expect(XMLParser(data: Data(try text("differences.svg").utf8)).parse())
    let page = try text("report.html")
    #expect(page.contains("broken: &lt;a&gt; &amp; b") && page.contains("2 runs have not been"))
    #expect(page.contains("<strong>+0."))
    let summary = try #require(
      JSONSerialization.jsonObject(with: Data(try text("summary.json").utf8)) as? [String: Any])
    let arms = try #require(summary["arms"] as? [[String: Any]])
    #expect(arms.count == 5 && arms[2]["chosen"] as? String == "model.encoder.gamma=0.1")
    #expect(arms[2]["delta_AUC_p_holm"] is Double && arms[1]["delta_AUC"] is NSNull)
  }
}
