import ArgumentParser
import ClickData
import Platform
import Training

/// Evaluates a trained model on a split of its data, or on other files.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluate the best model of a run.")

  @Option(name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "dir"))
  var folder: String

  @OptionGroup var rows: EvaluationOptions

  @Option(
    help: ArgumentHelp(
      "Write row, label, logit and probability to a file, gzipped if its name ends in .gz.",
      valueName: "file"))
  var predictions: String?

  @Option(
    help: ArgumentHelp("Write a page with a reliability diagram.", valueName: "file.html"))
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
    guard report == nil || report != predictions else {
      throw ValidationError("'--predictions' and '--report' name one file; give two.")
    }
    guard predictions != "-" else {
      throw ValidationError(
        "'--predictions' takes the path of a file; the metrics are written to standard output.")
    }
  }

  func run() throws {
    Interruption.listen()
    try checkOutputs()
    let loaded = try LoadedRun(folder, pool: threads.makePool())
    let line = ProgressLine(quiet: json)
    let map =
      try recalibrate.map { try loaded.recalibrate($0, rows, line) }
      ?? recalibration.recalibration(of: loaded, line)
    let stream = try loaded.batches(of: rows)
    let writer = try predictions.map { try PredictionWriter($0, pool: loaded.model.pool) }
    let watch = Stopwatch()
    let counter = UnseenCounter(loaded.model)
    let evaluator = Evaluator(loaded.model, recalibration: map)
    let found = try rows.badRows.advising {
      try evaluator.measure(stream, split: rows.name) { batch, logits in
        guard !Interruption.isRequested else { throw Interrupted(work: "eval") }
        counter.add(batch)
        try writer?.write(batch, logits: logits)
        line.update(
          TrainingReporter.progress(stream.progress, label: "eval", seconds: watch.seconds))
      }
    }
    try writer?.commit()
    line.clear()
    let progress = stream.progress
    let pass = PassRecord(
      split: rows.name, progress, schema: loaded.model.schema,
      unseen: counter.result(
        progress.findings, trainRows: loaded.trainPass?.rows, rare: loaded.trainPass?.rare ?? []))
    let result = EvaluationResult(
      split: rows.name, own: found.own, recalibrated: found.recalibrated, map: map)
    for text in PassText.lines(pass, result.metrics) { line.event(text) }
    try StandardStream.output.print(
      json ? result.json(run: folder, pass).pretty : MetricTable.text(result.rows))
    guard let report else { return }
    try AtomicFile.write(result.page(of: loaded.description).text, to: report)
    if !json { try StandardStream.output.print("report: \(report)") }
  }

  private func checkOutputs() throws {
    for case (let path?, let option) in [(predictions, "--predictions"), (report, "--report")] {
      try OutputCheck(runs: [folder], data: rows.data).check(path, option)
    }
  }
}
