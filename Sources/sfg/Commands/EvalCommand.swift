import ArgumentParser
import ClickData
import LinearAlgebra
import Platform
import Training

/// Evaluates a trained model on a split of its data, or on other files.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluate the model of a run.")

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "dir"),
    completion: .run)
  var folder: String

  @OptionGroup var rows: EvaluationOptions

  @OptionGroup var weights: CheckpointOptions

  @Option(
    help: ArgumentHelp(
      "Write row, label, logit and probability to a file, gzipped if its name ends in .gz.",
      valueName: "file"), completion: .file())
  var predictions: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Columns, used by the model or not: report the rows of each of their values, and GAUC; may be repeated.",
      valueName: "field"))
  var by: [String] = []

  @Option(
    help: ArgumentHelp(
      "Folder for the tables of --by, one per column. (default: analysis/segments in the run's folder)",
      valueName: "dir"), completion: .directory)
  var segments: String?

  @Option(
    help: ArgumentHelp("Write a page with a reliability diagram.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Fit a recalibration (isotonic, platt) to the run's validation rows and store it in the run.",
      valueName: "method"))
  var recalibrate: Recalibration.Method?

  @OptionGroup var recalibration: RecalibrationOptions

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try FolderOption.check(folder, "--run")
    guard recalibrate == nil || !recalibration.raw else {
      throw ValidationError("'--recalibrate' and '--raw' are mutually exclusive; give one of them.")
    }
    guard recalibrate == nil || weights.checkpoint == .best else {
      throw ValidationError(
        "'--recalibrate' and '--checkpoint \(weights.checkpoint.name)' are mutually exclusive; "
          + "a recalibration belongs to the best weights.")
    }
    guard report == nil || report != predictions else {
      throw ValidationError("'--predictions' and '--report' name one file; give two.")
    }
    try segments.map { try FolderOption.check($0, "--segments") }
    guard segments == nil || !by.isEmpty else {
      throw ValidationError("'--segments' has no meaning without '--by'; name a column with it.")
    }
    if let column = UnknownColumn.repeated(in: by) {
      throw ValidationError("'--by' names \(column) twice; name it once.")
    }
    guard predictions != "-" else {
      throw ValidationError(
        "'--predictions' takes the path of a file; the metrics are written to standard output.")
    }
  }

  func run() throws {
    Interruption.listen()
    try checkOutputs()
    let loaded = try LoadedRun(
      folder, checkpoint: weights.checkpoint, pool: threads.makePool())
    let line = ProgressLine(quiet: json)
    let map =
      try recalibrate.map { try loaded.recalibrate($0, rows, line) }
      ?? recalibration.recalibration(of: loaded, line)
    // Other files than the run's own may lack the column of its groups.
    let pass = SegmentPass(
      by: by, group: rows.data.isEmpty ? loaded.configuration.training.group : nil)
    let stream = try loaded.batches(of: rows, values: pass.columns)
    let data = loaded.configuration.dataset
    for text in WeightText.lines(data, [(rows.name, stream.negativeRate)]) { line.event(text) }
    let weighting = RowWeighting(
      negativeRate: stream.negativeRate, isWeighted: data.weight != nil)
    pass.begin(negativeRate: stream.negativeRate)
    let writer = try predictions.map {
      try PredictionWriter($0, weighting: weighting, pool: loaded.model.pool)
    }
    let counter = UnseenCounter(loaded.model)
    let evaluator = Evaluator(loaded.model, recalibration: map)
    let found = try measure(stream, by: evaluator, line) { batch, logits in
      counter.add(batch)
      try writer?.write(batch, logits: logits)
      try pass.add(batch, logits: logits)
    }
    let grouped = try pass.ownAUC()
    let reports = try pass.write(to: segments ?? "\(folder)/analysis/segments")
    try writer?.commit()
    line.clear()
    let progress = stream.progress
    let record = PassRecord(
      split: rows.name, progress, schema: loaded.model.schema,
      unseen: counter.result(
        progress.findings, trainRows: loaded.trainPass?.rows, rare: loaded.trainPass?.rare ?? []))
    let result = EvaluationResult(
      split: rows.name, found, map: map, grouped: grouped, segments: reports,
      weightColumn: data.weight, negativeRate: stream.negativeRate,
      logitShift: loaded.model.logitShift)
    let doubt = found.own.metrics.samplingWarning(
      of: rows.name, shift: loaded.model.logitShift, negativeRate: stream.negativeRate)
    for text in PassText.lines(record, result.metrics) + (doubt.map { ["warning: \($0)"] } ?? []) {
      line.event(text)
    }
    try StandardStream.output.print(
      json ? result.json(run: folder, record).pretty : result.text)
    guard let report else { return }
    try AtomicFile.write(result.page(of: loaded.description).text, to: report)
    if !json { try StandardStream.output.print("report: \(report)") }
  }

  /// Measures all rows, shows the progress, and gives every batch to `each`.
  private func measure(
    _ stream: BatchStream, by evaluator: Evaluator, _ line: ProgressLine,
    each: (EncodedBatch, MatrixView) throws -> Void
  ) throws -> (own: EvaluatedRows, recalibrated: EvaluatedRows?) {
    let watch = Stopwatch()
    return try UnknownColumn.naming("--by") {
      try rows.badRows.advising {
        try evaluator.measure(stream, split: rows.name) { batch, logits in
          guard !Interruption.isRequested else { throw Interrupted(work: "eval") }
          try each(batch, logits)
          line.update(
            TrainingReporter.progress(stream.progress, label: "eval", seconds: watch.seconds))
        }
      }
    }
  }

  private func checkOutputs() throws {
    if let segments {
      try OutputCheck(runs: [folder], data: rows.data).checkFolder(segments, "--segments")
    }
    for case (let path?, let option) in [(predictions, "--predictions"), (report, "--report")] {
      try OutputCheck(runs: [folder], data: rows.data).check(path, option)
    }
  }
}
