import Foundation
import TestSupport
import Testing

/// How runs are chosen and paired.
@Suite(.enabled(if: SFGBinary.isThere, SFGBinary.absence)) struct CompareCommandTests {
  @Test func runsArePairedByWhatVaries() throws {
    let tiny = try TinyRun(trained: false)
    for paradigm in ["discriminative", "generative"] {
      for seed in [1, 2] {
        let name = "\(paradigm.prefix(1))\(seed)"
        let train = try tiny.sfg(
          "train --config tiny.yaml --quiet --output \(name) --set run=\(name) --set "
            + "model.paradigm=\(paradigm) --set training.seed=\(seed) --set training.epochs=1")
        #expect(train.status == 0, "\(train.errors)")
      }
    }
    func pairs(_ line: String) throws -> [String] {
      let outcome = try tiny.sfg("compare \(line) --json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let found = try #require(try outcome.json()["differences"] as? [[String: Any]])
      return found.map { "\($0["first"] ?? "")-\($0["second"] ?? "")" }
    }
    #expect(try pairs("d1 g2 d2 g1 --pair model.paradigm") == ["d2-g2", "d1-g1"])
    #expect(try pairs("d1 d2 --run g1 --baseline d2") == ["d2-d1", "d2-g1"])
    #expect(try pairs("--run d1 --run d2 --baseline g1") == ["g1-d1", "g1-d2"])
    #expect(try pairs("d1 g1 --pair model.paradigm") == ["d1-g1"])
    let lonely = try tiny.sfg("compare d1 d2 g1 g2 --pair training.batch_size")
    #expect(lonely.status == 78)
    #expect(
      lonely.errors
        == "Error: --pair training.batch_size: found 256 in every run, expected a key in "
        + "which the runs differ; name the runs of the pairs, or leave out --pair\n")
    let data = try tiny.sfg("analyze collapse d1 --data clicks.tsv.gz --rows 300 --output other")
    #expect(data.status == 0 && tiny.exists("other/report.html"), "\(data.errors)")
    let twice = try tiny.sfg("eval --run d1 --run d2")
    #expect(twice.status == 64)
    #expect(
      twice.errors
        == "Error: '--run' is given 2 times, but 'eval' reads one run; give one of them.\n")
  }
}
