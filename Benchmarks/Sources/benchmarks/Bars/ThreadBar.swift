import Models
import Platform

/// Training on two threads compared with one.
struct ThreadBar: Bar {
  let name = "threads"
  let title = "Two threads against one, training on rows in memory"

  func measure(_ bench: Workbench) throws {
    for model in ["dcnv2_dis", "dcnv2_gen", "deepfm_dis", "deepfm_gen"] {
      let configuration = try Workbench.configuration(model, ["training.embedding_update=lazy"])
      let sides = (1...2).map { threads in
        TrainingSteps(configuration, bench.encoder.schema, WorkerPool(threads: threads))
      }
      let batches = try bench.batches(3)
      let seconds = try bestSeconds(of: sides.map { side in { try side.train(batches) } })
      Report.line(
        model, Report.rate(batches.rows / seconds[1]), ratio: seconds[0] / seconds[1],
        of: "one thread, \(Report.rate(batches.rows / seconds[0]))", .atLeast(1.8))
    }
  }
}
