import Foundation
import TestSupport
import Testing

/// `sfg runs`: which runs a folder has, and how far they have come.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct RunsCommandTests {
  /// A finished run, and what an interruption, an early one and a damage leave of others.
  private func prepare() throws -> TinyRun {
    let tiny = try TinyRun()
    let copy = """
      mkdir -p all/sweep && cp -r run all/done && cp -r run all/sweep/half && cp -r run all/begun
      cp -r run all/damaged && rm all/*/result.json all/sweep/half/result.json
      cp run/result.json all/done && cp run/checkpoint/best.safetensors \
        all/sweep/half/checkpoint/last.safetensors
      rm -f all/begun/checkpoint/last.safetensors all/begun/metrics.jsonl
      echo 'model: {backbone: none}' > all/damaged/config.yaml
      touch -d '3 days ago' $(find all/done -type f)
      """
    let outcome = try SFGBinary.shell(copy, in: tiny.folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return tiny
  }

  @Test func everyRunIsListedWithItsState() throws {
    let tiny = try prepare()
    let json = try tiny.sfg("runs all --json").json()
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["run"] as? String } == ["begun", "damaged", "done", "sweep/half"])
    #expect(
      runs.map { $0["state"] as? String } == ["begun", "damaged", "finished", "half-done"])
    let result = try #require(tiny.json("run/result.json")["test"] as? [String: Any])
    #expect(runs[2]["AUC"] as? Double == result["AUC"] as? Double)
    #expect(runs[2]["logloss"] as? Double == result["logloss"] as? Double)
    #expect(runs[2]["split"] as? String == "test" && runs[3]["AUC"] is Double)
    #expect(runs[0]["AUC"] is NSNull && runs[1]["backbone"] is NSNull)
    let bytes = try tiny.files(below: "all/done").reduce(0) {
      $0 + (try tiny.bytes("all/done/\($1)").count)
    }
    #expect(runs[2]["bytes"] as? Int == bytes)
  }

  @Test func theTableFitsATerminalAndMarksUnfinishedRuns() throws {
    let tiny = try prepare()
    let lines = try tiny.sfg("runs all").output.split(separator: "\n")
    #expect(lines.count == 8 && lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    #expect(lines[3].contains("fm gen") && lines[3].contains("3 d  done"), "\(lines[3])")
    #expect(
      lines[5...] == [
        "begun: all/begun", "damaged: all/damaged", "half-done: all/sweep/half",
      ])
    #expect(try tiny.sfg("runs run").output.split(separator: "\n").count == 2)
  }

  @Test func aFolderWithoutRunsIsNamed() throws {
    let tiny = try TinyRun(trained: false)
    try FileManager.default.createDirectory(
      atPath: tiny.path("none"), withIntermediateDirectories: false)
    #expect(try tiny.sfg("runs none").output == "no runs in none\n")
    let missing = try tiny.sfg("runs missing")
    #expect(missing.status == 66 && missing.errorLines.count == 1, "\(missing.errors)")
  }
}
