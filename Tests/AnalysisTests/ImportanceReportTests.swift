import Foundation
import Models
import Platform
import TestSupport
import Testing

@testable import Analysis

@Suite struct ImportanceReportTests {
  /// A result in which field k loses `losses[k]` of AUC, give or take 0.01.
  private func result(
    _ name: String, _ losses: KeyValuePairs<String, Double>, oneClass: Bool = false
  ) -> ImportanceResult {
    let base = SampleScores(auc: oneClass ? nil : 0.8, logloss: 0.5)
    return ImportanceResult(
      run: .example(name), rows: 2000, rowsRead: 50_000, positives: oneClass ? 0 : 500, repeats: 3,
      auc: base.auc, logloss: base.logloss,
      fields: losses.map { field, loss in
        FieldImportance(
          name: field, base,
          permuted: [-0.01, 0, 0.01].map { noise in
            SampleScores(auc: oneClass ? nil : 0.8 - loss + noise, logloss: 0.5 + 2 * loss + noise)
          })
      })
  }

  @Test func filesAreWrittenWithTheMostImportantFieldFirst() throws {
    try withFolder { folder in
      let results = [
        result("a", ["hour": 0, "user": 0.2, "item": 0.1]),
        result("b", ["item": 0.3, "tag": 0.15]),
      ]
      let report = ImportanceReport(results)
      #expect(report.names == ["item", "user", "tag", "hour"])
      try report.write(to: ReportFolder(folder, runs: ["a", "b"]))
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder)) == [
          "importance.csv", "importance.svg", "summary.json", "report.html",
        ])
      let table = report.table.text.split(separator: "\n")
      #expect(
        table[0]
          == "run,paradigm,backbone,field,AUC_lost,AUC_lost_lower,AUC_lost_upper,logloss_lost,"
          + "logloss_lost_lower,logloss_lost_upper,noise")
      #expect(table.count == 6 && table[1].hasPrefix("a,generative,fm,user,"))
      #expect(table[3].hasPrefix("a,generative,fm,hour,") && table[3].hasSuffix(",true"))
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(
        page.contains(
          "<li>a: AUC 0.8000 on 2,000 rows; most is lost without user (0.2000), item (0.1000); "
            + "1 of 3 fields are within noise of zero.</li>"))
      #expect(!page.contains("<script") && page.contains("<svg"))
    }
  }

  @Test func theTerminalListsRunsSideBySide() {
    let report = ImportanceReport([result("a", ["user": 0.2]), result("b", ["item": 0.1])])
    #expect(
      report.overview.header
        == ["field", "a\nAUC lost", "a\nLogloss lost", "b\nAUC lost", "b\nLogloss lost"])
    // s = 0.01, Student's point for 2 degrees of freedom is 4.30265, √(1 + 1/3): 0.04968.
    #expect(
      report.overview.rows.map { $0.map(\.text) } == [
        ["user", "0.20000 ± 0.04968", "0.40000 ± 0.04968", "–", "–"],
        ["item", "–", "–", "0.10000 ± 0.04968", "0.20000 ± 0.04968"],
      ])
  }

  @Test func fieldsThatTheTerminalOmitsAreCounted() {
    let report = ImportanceReport([many(23)])
    #expect(report.overview.rows.count == 21)
    #expect(report.overview.rows[20].map(\.text) == ["… 3 more in importance.csv", "", ""])
  }

  @Test(arguments: [
    (5, 1, 5, 0), (39, 1, 39, 0), (100, 1, 50, 50), (39, 3, 25, 14), (100, 9, 10, 90),
  ])
  func theChartHasALinePerFieldAndCountsThoseThatDoNotFit(
    fields: Int, runs: Int, lines: Int, omitted: Int
  ) {
    let results = (0..<runs).map { _ in many(fields) }
    let svg =
      ImportanceReport(results).names.isEmpty
      ? "" : ImportanceChart(results, names: ImportanceReport(results).names).svg
    let names = svg.matches(of: /<text [^>]*text-anchor="end"[^>]*class="small"[^>]*>F\d+</)
    #expect(names.count == lines)
    #expect(svg.contains("\(omitted) less important fields have no line.") == (omitted > 0))
    #expect(svg.matches(of: /<circle/).count == 2 * lines * runs + 1 + (runs > 1 ? runs : 0))
  }

  private func many(_ fields: Int) -> ImportanceResult {
    let base = SampleScores(auc: 0.8, logloss: 0.5)
    return ImportanceResult(
      run: .example("run"), rows: 20, rowsRead: 20, positives: 5, repeats: 2, auc: 0.8,
      logloss: 0.5,
      fields: (0..<fields).map { index in
        let auc = 0.8 - Double(index) / 1000
        return FieldImportance(
          name: "F\(index)", base,
          permuted: [0.001, 0.002].map { SampleScores(auc: auc + $0, logloss: 0.5 + $0) })
      })
  }

  @Test func withoutAUCTheChartAndTheOrderFollowLogloss() {
    let results = [result("a", ["hour": 0, "user": 0.2], oneClass: true)]
    let report = ImportanceReport(results)
    #expect(report.names == ["user", "hour"])
    let svg = ImportanceChart(results, names: report.names).svg
    #expect(!svg.contains("AUC lost") && svg.contains("Logloss lost"))
    #expect(report.overview.rows[0].map(\.text) == ["user", "–", "0.40000 ± 0.04968"])
  }
}
