import Configuration
import LinearAlgebra
import Models

/// Training of dense models compared with sgemm alone on the same products.
struct ProductBar: Bar {
  let name = "products"
  let title =
    "Dense models: training against sgemm alone over the same products, on the same threads"

  func measure(_ bench: Workbench) throws {
    for model in ["dcnv2_dis", "dcnv2_gen"] {
      for head in ["linear", "mlp"] {
        for update in ["lazy", "dense"] {
          try measure(
            bench, "\(model), head \(head), \(update)",
            try Workbench.configuration(
              model, ["model.head=\(head)", "training.embedding_update=\(update)"]),
            .atLeast(0.8))
        }
      }
    }
    for model in ["deepfm_dis", "deepfm_gen", "dnn"] {
      try measure(
        bench, "\(model), lazy",
        try Workbench.configuration(model, ["training.embedding_update=lazy"]), nil)
    }
  }

  private func measure(
    _ bench: Workbench, _ name: String, _ configuration: RunConfiguration, _ limit: Report.Limit?
  ) throws {
    let steps = TrainingSteps(configuration, bench.encoder.schema, bench.pool)
    let batches = try bench.batches(3)
    let roof = SgemmAlone(steps.model, batch: Workbench.batchSize, pool: bench.pool)
    let seconds = try bestSeconds(of: [
      { try steps.train(batches) }, { for _ in batches { roof.step() } },
    ])
    let operations = Double(batches.count) * roof.operations
    Report.line(
      name, Report.rate(batches.rows / seconds[0]), ratio: seconds[1] / seconds[0],
      of: "sgemm alone, \(Report.sgemm(operations, seconds[1], bench))", limit)
  }
}
