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

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try FolderOption.check(folder, "--run")
    guard predictions != "-" else {
      throw ValidationError(
        "'--predictions' takes the path of a file; the metrics are written to standard output.")
    }
  }

  func run() throws {
    Interruption.listen()
    if let predictions {
      try OutputCheck(runs: [folder], data: rows.data).check(predictions, "--predictions")
    }
    let loaded = try LoadedRun(folder, pool: threads.makePool())
    let stream = try loaded.batches(of: rows)
    let writer = try predictions.map { try PredictionWriter($0) }
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let counter = UnseenCounter(loaded.model)
    let metrics = try rows.advising {
      try Evaluator(loaded.model).evaluate(stream, split: rows.name) { batch, logits in
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
    for text in PassText.lines(pass, metrics) { line.event(text) }
    try StandardStream.output.print(
      json ? result(metrics, pass).pretty : MetricTable.text([(rows.name, metrics)]))
  }

  private func result(_ metrics: Metrics, _ pass: PassRecord) -> JSONValue {
    .object(
      [("run", .text(folder)), ("split", .text(rows.name))] + metrics.json
        + pass.members.filter { $0.0 != "rows" })
  }
}
