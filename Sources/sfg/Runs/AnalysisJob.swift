import Analysis
import ClickData
import Models
import Platform
import Training

/// The analysis of one run: its model, and the rows it is looked at with.
struct AnalysisJob {
  private let loaded: LoadedRun
  private let probe: ModelProbe
  private let description: RunDescription
  private let pool: WorkerPool

  /// Reads a run and opens the rows; throws where its backbone has no embeddings.
  init(_ path: String, _ options: AnalysisOptions, pool: WorkerPool) throws {
    let loaded = try LoadedRun(path, pool: pool)
    let stream = try loaded.batches(of: options.split)
    let configuration = loaded.configuration
    description = RunDescription(
      name: configuration.run, paradigm: configuration.model.paradigm,
      backbone: configuration.model.backbone.rawValue, metrics: loaded.reportedMetrics)
    probe = ModelProbe(run: path, model: loaded.model, rows: options.rows) {
      guard !Interruption.isAsked else { throw Interrupted(work: "analyze") }
      return try stream.next()
    }
    self.loaded = loaded
    self.pool = pool
  }

  func collapse(dump: String?) throws -> CollapseResult {
    try probe.collapse(of: description, pool: pool, dump: dump)
  }

  func redundancy(left: String?, right: String?) throws -> RedundancyResult {
    try probe.redundancy(
      of: description, operands: .embedding(description.paradigm), pool: pool,
      dump: left.flatMap { left in right.map { (left, $0) } })
  }
}
