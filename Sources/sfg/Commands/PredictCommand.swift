import ArgumentParser
import ClickData
import Platform
import Training

/// Predicts the click probability of rows, which need no labels.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict the click probability of rows, with the best model of a run.")

  @Option(
    name: .customLong("run"), help: ArgumentHelp("Folder of the run.", valueName: "dir"),
    completion: .run)
  var folder: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files in the run's format, with labels or without; \"-\" is standard input.",
      valueName: "file"), completion: .file())
  var data: [String]

  @Option(
    help: ArgumentHelp(
      "File for the predictions: row, ids, logit and probability as CSV, gzipped if its name ends in .gz; "
        + "probabilities as a numpy array if it ends in .npy; \"-\" is standard output.",
      valueName: "file"), completion: .file())
  var output = OutputFile.standardOutput

  @Option(
    name: .customLong("id"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "Columns to copy beside the predictions, used by the model or not; may be repeated.",
      valueName: "column"))
  var ids: [String] = []

  @OptionGroup var badRows: BadRowOptions

  @OptionGroup var recalibration: RecalibrationOptions

  @OptionGroup var threads: ThreadOptions

  private var isArray: Bool { output.hasSuffix(".npy") }
  private var name: String { data.joined(separator: ", ") }

  func validate() throws {
    try FolderOption.check(folder, "--run")
    guard !output.isEmpty else {
      throw ValidationError("'--output' takes the path of a file, found an empty string.")
    }
    guard ids.isEmpty || !isArray else {
      throw ValidationError("'--id' and a .npy file exclude each other; write CSV for both.")
    }
    if let id = UnknownColumn.repeated(in: ids) {
      throw ValidationError("'--id' names \(id) twice; name it once.")
    }
  }

  func run() throws {
    Interruption.listen()
    if output != OutputFile.standardOutput {
      try OutputCheck(runs: [folder], data: data).check(output, "--output")
    }
    let loaded = try LoadedRun(folder, pool: threads.makePool())
    // A line that is redrawn would mix with predictions on the same terminal.
    let line =
      output == OutputFile.standardOutput
      ? ProgressLine(screen: .init(isInteractive: { false })) : ProgressLine()
    let map = try recalibration.recalibration(of: loaded, line)
    let stream = try loaded.batches(predicting: data, ids: ids, badRows)
    let writer: any ScoreWriter =
      isArray
      ? try ScoreArray(output) : try ScoreTable(output, columns: ids, pool: loaded.model.pool)
    let watch = Stopwatch()
    let counter = UnseenCounter(loaded.model)
    try UnknownColumn.naming("--id") {
      try badRows.advising {
        try Evaluator(loaded.model, recalibration: map).predict(stream, split: name) {
          batch, logits in
          guard !Interruption.isRequested else { throw Interrupted(work: "predict") }
          counter.add(batch)
          try writer.write(batch, logits: logits)
          line.update(
            TrainingReporter.progress(stream.progress, label: "predict", seconds: watch.seconds))
        }
      }
    }
    let progress = stream.progress
    try writer.commit(rows: progress.rows + progress.badRows.count)
    line.clear()
    report(progress, of: loaded, counter, on: line)
  }

  private func report(
    _ progress: ReadingProgress, of loaded: LoadedRun, _ counter: UnseenCounter,
    on line: ProgressLine
  ) {
    let train = loaded.trainPass
    let pass = PassRecord(
      split: name, progress, schema: loaded.model.schema,
      unseen: counter.result(
        progress.findings, trainRows: train?.rows, rare: train?.rare ?? []))
    for text in PassText.lines(pass) { line.event(text) }
    if isArray, progress.badRows.count > 0 {
      line.event("\(output): the probabilities of skipped rows are NaN")
    }
  }
}
