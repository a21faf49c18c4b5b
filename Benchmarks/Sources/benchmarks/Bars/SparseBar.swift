import Models

/// Sparse models on rows that are already encoded.
struct SparseBar: Bar {
  let name = "sparse"
  let title = "Sparse models, lazy Adam, rows already encoded (comparison: Scripts/bench/peers)"

  func measure(_ bench: Workbench) throws {
    let rows = try bench.encoded.get()
    for (model, name) in [("lr", "LR"), ("fm_dis", "FM d=10"), ("fm_gen", "FM d=10, generative")] {
      let steps = TrainingSteps(
        try Workbench.configuration(model, ["training.embedding_update=lazy"]),
        bench.encoder.schema, bench.pool)
      let seconds = try bestSeconds { try steps.train(rows.batches) }
      Report.line("\(name) lazy, rows already encoded", Report.rate(Double(rows.rows) / seconds))
    }
  }
}
