import Foundation
import Models

/// The peak memory of `sfg train` beyond parameters and optimizer state.
struct MemoryBar: Bar {
  let name = "memory"
  let title = "Peak memory of sfg train beyond parameters and optimizer state, against 300 MB"

  func measure(_ bench: Workbench) throws {
    let rows = try bench.log.sibling(rows: 60_000, named: "memory.tsv.gz", pool: bench.pool)
    for model in ["fm_dis", "deepfm_gen", "dcnv2_gen"] {
      var configuration = try Workbench.configuration(
        model, ["training.epochs=1", "run=memory_\(model)"])
      configuration.dataset = bench.log.settings
      configuration.dataset.train = [rows]
      let run = try SFGRun(configuration, in: bench.log.folder)
      try run.train()
      let result = try run.result()
      let state = Double(result.parameters.total) * 3 * 4
      let extra = (Double(result.peak_memory_bytes) - state) / 1e6
      Report.line(
        "\(model): \(result.peak_memory_bytes / 1_000_000) MB in total",
        String(format: "%.0f MB", extra),
        ratio: extra / 300, of: "300 MB", .atMost(1))
    }
  }
}
