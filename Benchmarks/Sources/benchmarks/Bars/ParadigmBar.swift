import Foundation
import Models

/// The cost of the generative paradigm: its extra time compared with its extra operations.
struct ParadigmBar: Bar {
  let name = "paradigms"
  let title =
    "Generative against discriminative: extra time against sgemm alone on the extra products"

  func measure(_ bench: Workbench) throws {
    for model in ["fm", "deepfm", "crossnet", "dcnv2"] {
      let sides = try ["dis", "gen"].map { paradigm in
        TrainingSteps(
          try Workbench.configuration(
            "\(model)_\(paradigm)", ["training.embedding_update=lazy"]),
          bench.encoder.schema, bench.pool)
      }
      let roofs = sides.map {
        SgemmAlone($0.model, batch: Workbench.batchSize, pool: bench.pool)
      }
      let batches = try bench.batches(4)
      let work: [() throws -> Void] =
        sides.map { side in { try side.train(batches) } }
        + roofs.map { roof in { for _ in batches { roof.step() } } }
      let seconds = try bestSeconds(of: work)
      let operations = sides.map(\.productOperations)
      Report.line(
        "\(model): products per row, MFLOP",
        "\(Report.number(operations[0] / 1e6)) and \(Report.number(operations[1] / 1e6))")
      if operations[0] > 0 {
        Report.line(
          "\(model): time per row", Report.number(seconds[1] / seconds[0]) + " ×",
          ratio: seconds[1] / seconds[0] / (operations[1] / operations[0]),
          of: "the ratio of FLOPs", .atMost(1))
      }
      Report.line(
        "\(model): extra time per step",
        String(format: "%.1f ms", (seconds[1] - seconds[0]) * 1000 / Double(batches.count)),
        ratio: (seconds[1] - seconds[0]) / (seconds[3] - seconds[2]),
        of: "sgemm alone on the extra products")
    }
  }
}
