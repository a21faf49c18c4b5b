import ArgumentParser
import ClickData
import Platform
import Training

/// Evaluates a trained model on a split of its data, or on other files.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Evaluates a run's best model.")

  @Option(name: .customLong("run"), help: ArgumentHelp("The run's folder.", valueName: "dir"))
  var folder: String

  @Option(help: "The split to evaluate. (default: test)")
  var split: Split?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files to evaluate instead, in the format of the run; \"-\" is standard input.",
      valueName: "file"))
  var data: [String] = []

  @Option(
    help: ArgumentHelp(
      "Writes row, label, logit and probability, gzipped where the name ends in .gz.",
      valueName: "file"))
  var predictions: String?

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try FolderOption.check(folder, "--run")
    guard predictions != "-" else {
      throw ValidationError("'--predictions' takes a file's name; standard output has the metrics.")
    }
    guard split != nil, !data.isEmpty else { return }
    throw ValidationError("'--split' and '--data' exclude one another; give one of them.")
  }

  func run() throws {
    Interruption.listen()
    let loaded = try LoadedRun(folder, pool: threads.makePool())
    let stream =
      try data.isEmpty ? loaded.batches(of: split ?? .test) : loaded.batches(ofFiles: data)
    let name = data.isEmpty ? "\(split ?? .test)" : data.joined(separator: ", ")
    let writer = try predictions.map { try PredictionWriter($0) }
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let metrics = try Evaluator(loaded.model).evaluate(stream, split: name) { batch, logits in
      guard !Interruption.isAsked else { throw Interrupted(work: "eval") }
      try writer?.write(batch, logits: logits)
      line.update(
        TrainingReporter.progress(stream.progress, label: "eval", seconds: watch.seconds))
    }
    try writer?.commit()
    line.clear()
    for message in stream.progress.badRowMessages { line.event("skipped \(message)") }
    try StandardStream.output.print(
      json ? result(metrics, name, stream).pretty : MetricText.table([(name, metrics)]))
  }

  private func result(_ metrics: Metrics, _ name: String, _ stream: BatchStream) -> JSONValue {
    .object(
      [("run", .text(folder)), ("split", .text(name))] + metrics.json
        + [("bad_rows", .integer(stream.progress.badRows))])
  }
}
