import Analysis
import ClickData
import Configuration
import Foundation
import Models
import Platform
import Training

/// A run, read back from its folder: the configuration, the encoder and the weights of a
/// checkpoint.
struct LoadedRun {
  let folder: RunFolder
  private(set) var configuration: RunConfiguration
  let encoder: FittedEncoder
  let model: CTRModel
  /// The weights that the model has.
  let checkpoint: RunCheckpoint

  /// Reads a run's folder; throws an error about what is missing or damaged.
  init(_ path: String, checkpoint: RunCheckpoint = .best, pool: WorkerPool) throws {
    folder = RunFolder(path)
    self.checkpoint = checkpoint
    configuration = try RunConfiguration(file: folder.configurationPath)
    let file = try EncoderFile(contentsOf: folder.fieldsPath)
    encoder = file.encoder
    let need = MemoryNeed(
      schema: encoder.schema, model: configuration.model, training: configuration.training,
      pool: pool
    ).parameters
    try MemoryLimit().check(need, unallocated: need, threads: pool.threads)
    model = CTRModel(
      schema: encoder.schema, settings: configuration.model,
      batchCapacity: configuration.training.batchSize, weights: .zero,
      precision: configuration.training.precision, pool: pool)
    model.logitShift = configuration.dataset.logitShift
    let weights = folder.path(of: checkpoint)
    let metadata = try folder.load(checkpoint, into: model) { [folder] in
      try folder.check($0, of: weights, encoder: file)
    }
    if metadata[EncoderPair.key] == nil { Self.warnOfUnnamedEncoder(weights, folder) }
  }

  private static func warnOfUnnamedEncoder(_ weights: String, _ folder: RunFolder) {
    Terminal.write(
      "warning: \(weights) does not name its encoder, because an earlier version wrote it; "
        + "whether it belongs to \(folder.fieldsPath) cannot be checked\n")
  }

  /// A pass over a split of the run's data; the files of other splits are not needed.
  func batches(of split: Split, _ reading: RowReading = .training) throws -> BatchStream {
    var settings = configuration.dataset
    if settings.split == nil {
      if split != .train { settings.train = [] }
      if split != .valid { settings.valid = [] }
      if split != .test { settings.test = [] }
    }
    return try batches(of: split, in: settings, reading)
  }

  /// A pass over other files in the run's format, which still have this share of their negatives;
  /// the run's data are not needed.
  private func batches(
    ofFiles files: [String], negativeRate: Double = 1, _ reading: RowReading = .training
  ) throws -> BatchStream {
    var settings = configuration.dataset
    settings.source = []
    settings.split = nil
    (settings.negativeRate, settings.sampledSplits) = (negativeRate, [.train, .test])
    (settings.train, settings.valid, settings.test) = ([], [], files)
    return try batches(of: .test, in: settings, reading)
  }

  /// A pass over the rows that an analysis reads.
  func batches(of rows: AnalysisOptions) throws -> BatchStream {
    rows.data.isEmpty ? try batches(of: rows.split ?? .valid) : try batches(ofFiles: rows.data)
  }

  /// A pass over files whose rows may have no labels, with the texts of some columns.
  func batches(
    predicting files: [String], ids: [String], _ badRows: BadRowOptions
  ) throws -> BatchStream {
    var run = self
    badRows.onBadRow.map { run.configuration.dataset.onBadRow = $0 }
    return try run.batches(ofFiles: files, negativeRate: 1, .unlabelled(texts: ids))
  }

  /// A pass over the rows that the command line selects, with their values in further columns.
  func batches(of rows: EvaluationOptions, values: [String] = []) throws -> BatchStream {
    var run = self
    rows.badRows.onBadRow.map { run.configuration.dataset.onBadRow = $0 }
    guard rows.data.isEmpty else {
      return try run.batches(
        ofFiles: rows.data, negativeRate: rows.negativeRate ?? 1, .labelled(values: values))
    }
    let split = rows.split ?? .test
    guard configuration.dataset.has(split) else {
      throw MissingSplit(run: folder.path, split: split)
    }
    return try run.batches(of: split, .labelled(values: values))
  }

  private func batches(
    of split: Split, in settings: DatasetSettings, _ reading: RowReading = .training
  ) throws -> BatchStream {
    try Dataset(
      settings: settings, features: configuration.features,
      cache: RunCache.folder(of: settings, run: folder, writes: false)
    ).batches(
      of: split, encoder: encoder, batchSize: configuration.training.batchSize, reading: reading)
  }

  /// The description of the run for reports, with the metrics of its weights.
  var description: RunDescription {
    RunDescription(
      name: checkpoint.label(ofRun: configuration.run), paradigm: configuration.model.paradigm,
      backbone: configuration.model.backbone,
      metrics: checkpoint == .best ? reportedMetrics : evaluatedMetrics, epoch: epoch)
  }

  /// The epoch of the weights; nil where `result.json` does not say.
  private var epoch: Int? {
    switch checkpoint {
    case .best: reportedResult.flatMap { $0.best?.epoch ?? $0.epochs }
    case .last: reportedResult?.epochs
    case .epoch(let epoch): epoch
    }
  }

  /// The test metrics of the run's `result.json`, or else the validation metrics.
  ///
  /// Empty if the file is missing or invalid, because reports can do without it.
  private var reportedMetrics: [(name: String, value: Double?)] {
    guard let result = reportedResult,
      let (split, metrics) = result.test.map({ ("test", $0) })
        ?? result.valid.map({ ("valid", $0) })
    else { return [] }
    return [("\(split) AUC", metrics.AUC), ("\(split) Logloss", metrics.logloss)]
  }

  /// The validation metrics at the end of the weights' epoch; empty where `metrics.jsonl` has none.
  private var evaluatedMetrics: [(name: String, value: Double?)] {
    struct Line: Decodable {
      let split: String
      let epoch: Int
      let AUC: Double?
      let logloss: Double?
    }
    let text = (try? WholeFile.read(folder.metricsPath, .metrics)) ?? []
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    // An epoch may have several evaluations; its weights are those of the last.
    guard let line = lines.last(where: { $0.split == "valid" && $0.epoch == epoch }) else {
      return []
    }
    return [("valid AUC", line.AUC), ("valid Logloss", line.logloss)]
  }

  /// What the run's `result.json` reports of its training rows: their number, and the fields with
  /// most values outside vocabularies; nil if the file is missing, invalid or older.
  var trainPass: (rows: Int, rare: [UnseenValues.Field])? {
    reportedResult?.data?["train"].map { pass in
      let rare = (pass.unseen?.worst ?? []).map {
        UnseenValues.Field(name: $0.field, values: $0.values, unseen: $0.unseen)
      }
      return (pass.rows, rare)
    }
  }

  private var reportedResult: ReportedResult? {
    (try? WholeFile.read(folder.resultPath, .result)).flatMap {
      try? JSONDecoder().decode(ReportedResult.self, from: Data($0))
    }
  }

  /// The part of `result.json` that reports repeat.
  private struct ReportedResult: Decodable {
    struct Metrics: Decodable {
      let AUC: Double?
      let logloss: Double?
    }

    struct Pass: Decodable {
      struct Unseen: Decodable {
        struct Field: Decodable {
          let field: String
          let values, unseen: Int
        }
        let worst: [Field]
      }
      let rows: Int
      let unseen: Unseen?
    }

    struct Best: Decodable {
      let epoch: Int
    }

    let valid: Metrics?
    let test: Metrics?
    let best: Best?
    let epochs: Int?
    let data: [String: Pass]?
  }
}

/// A split that a run's configuration gives no rows.
struct MissingSplit: Failure {
  let run: String
  let split: Split

  var status: FailureStatus { .badConfiguration }
  var description: String {
    "\(run): the run has no \(split) split, because its configuration gives it no files and no share "
      + "of a source; evaluate another split, or files with --data"
  }
}
