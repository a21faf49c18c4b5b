import Foundation
import Models

/// The time of `sfg train` on ten rows: everything except training.
struct StartBar: Bar {
  let name = "start"
  let title = "Start: whole process of sfg train on a file of 10 rows, against 0.2 s"

  func measure(_ bench: Workbench) throws {
    let rows = try bench.log.sibling(rows: 10, named: "ten.tsv.gz", pool: bench.pool)
    for model in ["fm_dis", "dcnv2_gen"] {
      var configuration = try Workbench.configuration(
        model, ["training.epochs=1", "run=start_\(model)"])
      configuration.dataset = bench.log.settings
      configuration.dataset.train = [rows]
      let run = try SFGRun(configuration, in: bench.log.folder)
      let seconds = try bestSeconds(rounds: 5) { try run.train() }
      Report.line(
        model, String(format: "%.3f s", seconds), ratio: seconds / 0.2, of: "0.2 s", .atMost(1))
    }
  }
}
