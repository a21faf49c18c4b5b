import Foundation
import TestSupport
import Testing

/// Metrics per value of a column, and the mean AUC of groups.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct SegmentCommandTests {
  private let folder: TemporaryFolder

  /// A log whose click depends on the item and, much more, on the user: the AUC of all rows is
  /// mostly about users, the AUC of a user's rows about items.
  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write(
      "g.yaml",
      """
      run: g
      dataset:
        {format: delimited, label: y, fields: [user, item], train: a.csv, valid: b.csv, test: c.csv}
      features: {categorical: {encoding: vocabulary, min_count: 1}}
      model: {backbone: fm, embedding_dim: 4}
      training: {batch_size: 100, epochs: 6, learning_rate: 3.0e-2, seed: 3}

      """)
    _ = try folder.write("a.csv", Self.log(0..<3000))
    for name in ["b.csv", "c.csv"] { _ = try folder.write(name, Self.log(3000..<4000)) }
  }

  private static func log(_ rows: Range<Int>) -> String {
    let lines = rows.map { row -> String in
      let (user, item) = (row * 7919 % 41, row * 104_729 % 13)
      let noise = (row * 15_485_863 % 1009) % 100
      // The first user never clicks.
      let click = user > 0 && noise < 2 * user + item ? 1 : 0
      return "\"s,\(row % 3)\",\(click),u\(user),i\(item)\n"
    }
    return "site,y,user,item\n" + lines.joined()
  }

  private func sfg(_ line: String) throws -> SFGBinary.Outcome {
    try SFGBinary.run(line, in: folder.path)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(folder.path)/\(path)", encoding: .utf8)
  }

  /// The objects of `metrics.jsonl` that are evaluations of a split.
  private func evaluations(_ run: String, _ split: String) throws -> [[String: Any]] {
    try text("\(run)/metrics.jsonl").split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }.filter { $0["split"] as? String == split && $0["AUC"] != nil }
  }

  @Test func segmentsAreThoseOfThePredictions() throws {
    #expect(try sfg("train --config g.yaml --output r --quiet").status == 0)
    let eval = try sfg("eval --run r --by site --by user --predictions p.csv --json")
    #expect(eval.status == 0, "\(eval.errors)")
    // Group by group from the predictions, which are in the order of the rows.
    let labels = try text("p.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",")[1] == "1"
    }
    let sites = try text("r/analysis/segments/site.csv").split(separator: "\n")
    #expect(sites[0] == "value,rows,clicks,ctr,AUC,logloss,calibration")
    #expect(sites.count == 4)
    for (site, line) in sites.dropFirst().enumerated() {
      let rows = labels.indices.filter { (3000 + $0) % 3 == site }
      let clicks = rows.count { labels[$0] }
      let share = Double(clicks) / Double(rows.count)
      #expect(line.hasPrefix("\"s,\(site)\",\(rows.count),\(clicks),\(share),"), "\(line)")
    }
    let segments = try #require(try eval.json()["segments"] as? [String: [String: Any]])
    #expect(segments["user"]?["values"] as? Int == 41)
    let largest = try #require(segments["user"]?["largest"] as? [[String: Any]])
    #expect(largest.count == 20)
    // The mean of the table's AUC, weighted by its rows.
    var (sum, rows, leftOut) = (0.0, 0.0, 0)
    for line in try text("r/analysis/segments/user.csv").split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let count = try #require(Double(cells[1]))
      guard let auc = Double(cells[4]) else {
        leftOut += 1
        continue
      }
      sum += count * auc
      rows += count
    }
    let gauc = try #require(segments["user"]?["GAUC"] as? Double)
    expectClose(gauc, sum / rows, .exact)
    #expect(segments["user"]?["GAUC_groups_left_out"] as? Int == leftOut)
    #expect(leftOut > 0)
    let shown = try sfg("eval --run r --by user --segments own")
    #expect(shown.output.contains("and 21 smaller ones\nGAUC by user: 0."))
    #expect(shown.output.contains("segments: own/user.csv"))
    #expect(try text("own/user.csv") == text("r/analysis/segments/user.csv"))
  }

  @Test func trainingFollowsTheMeanAUCOfGroups() throws {
    let train = try sfg(
      "train --config g.yaml --output r --set training.group=user --set training.monitor.GAUC=1 "
        + "--set training.tensorboard=true --set training.early_stop_patience=6")
    #expect(train.status == 0, "\(train.errors)")
    #expect(train.errors.contains(" · GAUC 0."))
    let found = try evaluations("r", "valid")
    let scores = found.compactMap { $0["GAUC"] as? Double }
    #expect(scores.count == 6)
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(text("r/result.json").utf8)) as? [String: Any])
    let best = try #require(scores.firstIndex(of: scores.max() ?? 0))
    let areas = found.compactMap { $0["AUC"] as? Double }
    #expect(areas.firstIndex(of: areas.max() ?? 0) != best)
    #expect((result["best"] as? [String: Int])?["epoch"] == best + 1)
    #expect((result["valid"] as? [String: Any])?["GAUC"] as? Double == scores[best])
    // Validation and test rows have the same rows here.
    #expect((result["test"] as? [String: Any])?["GAUC"] as? Double == scores[best])
    let eval = try sfg("eval --run r --split valid --by user --json").json()
    #expect(eval["GAUC"] as? Double == scores[best])
    let segments = eval["segments"] as? [String: [String: Any]]
    #expect(segments?["user"]?["GAUC"] as? Double == scores[best])
    let events = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/r/tensorboard")
    let bytes = try Data(
      contentsOf: URL(fileURLWithPath: "\(folder.path)/r/tensorboard/\(events[0])"))
    #expect(bytes.range(of: Data("valid/GAUC".utf8)) != nil)
    #expect(try sfg("predict --run r --data b.csv --output p.csv").status == 0)
  }

  /// The weights, too, are those of a run without groups.
  @Test func groupsChangeNoOtherMetric() throws {
    for (run, set) in [("a", ""), ("b", " --set training.group=site")] {
      #expect(try sfg("train --config g.yaml --output \(run) --quiet\(set)").status == 0)
    }
    let found = try ["a", "b"].map { try evaluations($0, "valid").map { $0["AUC"] as? Double } }
    #expect(found[0] == found[1])
  }

  @Test(arguments: [
    (
      "eval --run r --by usr", 64 as Int32,
      "Error: --by usr: c.csv has no such column; did you mean user?\n"
    ),
    (
      "eval --run r --by user --by user", 64,
      "Error: '--by' names user twice; name it once. See 'sfg eval --help'.\n"
    ),
    (
      "eval --run r --segments s", 64,
      "Error: '--segments' has no meaning without '--by'; name a column with it. See 'sfg eval --help'.\n"
    ),
    ("eval --run r --by user --segments r/checkpoint", 64, "Error: --segments r/checkpoint"),
    (
      "train --config g.yaml --quiet --output q --set training.group=sites", 78,
      "Error: training.group sites: b.csv has no such column; did you mean site?\n"
    ),
    (
      "train --config g.yaml --quiet --output q --set training.monitor.GAUC=1", 78,
      "Error: --set training.monitor.GAUC=1: training.monitor.GAUC: found 1.0, expected training.group"
    ),
  ])
  func mistakesAreOneLine(line: String, status: Int32, sentence: String) throws {
    #expect(try sfg("train --config g.yaml --output r --quiet").status == 0)
    let outcome = try sfg(line)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix(sentence), "\(outcome.errors)")
    #expect(outcome.errorLines.count == 1)
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/q"))
  }
}
