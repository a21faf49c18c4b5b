import Models

/// Evaluation compared with training, both on rows in memory.
struct EvaluationBar: Bar {
  let name = "evaluation"
  let title = "Evaluation, metrics included, against training"

  func measure(_ bench: Workbench) throws {
    for model in ["fm_dis", "fm_gen", "deepfm_dis", "deepfm_gen", "dcnv2_dis", "dcnv2_gen"] {
      let steps = TrainingSteps(
        try Workbench.configuration(model, ["training.embedding_update=lazy"]),
        bench.encoder.schema, bench.pool)
      let batches = try bench.batches(model.hasPrefix("fm") ? 40 : 4)
      let seconds = try bestSeconds(of: [
        { try steps.train(batches) }, { try steps.evaluate(batches) },
      ])
      Report.line(
        model, Report.rate(batches.rows / seconds[1]), ratio: seconds[0] / seconds[1],
        of: "training, \(Report.rate(batches.rows / seconds[0]))", .atLeast(3))
    }
  }
}
