import Analysis
import ClickData
import Models
import Platform
import Training

/// The analysis of one run: its model, and the rows it is looked at with.
struct AnalysisJob {
  private let probe: ModelProbe
  private let description: RunDescription
  private let operands: OperandNames

  /// Analyses the runs one after another; `request` says what is wanted of each, by its operands and its place.
  static func run(
    _ options: AnalysisOptions, _ request: (OperandNames, Int) -> AnalysisRequest
  ) throws -> [AnalysisResults] {
    Interruption.listen()
    let pool = options.threads.makePool()
    return try options.runs.enumerated().map { index, path in
      let job = try AnalysisJob(path, options, pool: pool)
      return try job.probe.analyse(job.description, request(job.operands, index), pool: pool)
    }
  }

  /// Reads a run and opens the rows.
  private init(_ path: String, _ options: AnalysisOptions, pool: WorkerPool) throws {
    let loaded = try LoadedRun(path, pool: pool)
    let stream = try loaded.batches(of: options.split)
    description = loaded.description
    let model = loaded.configuration.model
    operands = model.backbone.operands(in: model.paradigm) ?? OperandNames()
    probe = ModelProbe(run: path, model: loaded.model, rows: options.rows) {
      guard !Interruption.isAsked else { throw Interrupted(work: "analyze") }
      return try stream.next()
    }
  }
}

extension LoadedRun {
  /// What a report says of the run.
  var description: RunDescription {
    RunDescription(
      name: configuration.run, paradigm: configuration.model.paradigm,
      backbone: configuration.model.backbone.rawValue, metrics: reportedMetrics)
  }
}
