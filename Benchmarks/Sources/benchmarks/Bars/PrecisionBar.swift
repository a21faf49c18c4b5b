import Configuration
import LinearAlgebra
import Models

/// Training and evaluation with products in bfloat16 compared with single precision, in turn.
struct PrecisionBar: Bar {
  let name = "precision"
  let title = "Steps and forward passes in bfloat16 against float32, on the same rows in turn"

  func measure(_ bench: Workbench) throws {
    for (model, settings, limit) in [
      ("dcnv2_dis", ["model.head=linear"], 1.6), ("deepfm_dis", [], 1.4), ("fm_gen", [], 1.5),
    ] {
      let batches = try bench.batches(3)
      let steps = try ["float32", "bfloat16"].map { precision in
        TrainingSteps(
          try Workbench.configuration(
            model,
            settings + ["training.embedding_update=lazy", "training.precision=\(precision)"]),
          bench.encoder.schema, bench.pool)
      }
      let seconds = try bestSeconds(
        of: steps.map { steps in { try steps.train(batches) } }
          + steps.map { steps in { for batch in batches { _ = steps.model.forward(batch) } } })
      for (name, first, limit) in [("training", 0, limit), ("forward", 2, 1.5)] {
        Report.line(
          "\(model), \(name)", Report.rate(batches.rows / seconds[first + 1]),
          ratio: seconds[first] / seconds[first + 1],
          of: "float32, \(Report.rate(batches.rows / seconds[first]))", .atLeast(limit))
      }
    }
  }
}
