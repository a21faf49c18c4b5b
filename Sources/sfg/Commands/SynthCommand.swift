import ArgumentParser
import ClickData
import Platform

/// Generates synthetic clicks.
struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth", abstract: "Generate a synthetic click log of any size.")

  @Option(help: "Data set to imitate.")
  var preset: SyntheticLog.Preset

  @Option(help: "Number of rows to generate.")
  var rows: Int

  @Option(help: "Random seed.")
  var seed: UInt64 = 1

  @Option(help: "First row, to generate a later part of the same log.")
  var firstRow: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "File for the rows, gzipped if its name ends in .gz; \"-\" is standard output.",
      valueName: "file"), completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp("File for the true click probabilities.", valueName: "file"),
    completion: .file())
  var truth: String?

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    let limit = 1 << 57
    guard (1..<limit).contains(rows), firstRow < UInt64(limit) else {
      throw ValidationError("'--rows' takes 1 to 2⁵⁷ − 1, '--first-row' 0 to 2⁵⁷ − 1.")
    }
    guard truth != output else {
      throw ValidationError("'--output' and '--truth' are the same file; give two different ones.")
    }
    guard !json || output != "-" else {
      throw ValidationError("'--json' and '--output -' would both write to standard output.")
    }
  }

  func run() throws {
    Interruption.listen()
    try checkOutputs()
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let summary = try SyntheticLog(preset: preset, seed: seed).write(
      rows: rows, firstRow: firstRow, to: output, truth: truth, pool: threads.makePool()
    ) { done in
      guard !Interruption.isRequested else { throw Interrupted(work: output) }
      line.update(
        Progress(
          label: "synth", rows: done, totalRows: rows, fraction: nil,
          rowsPerSecond: Double(done) / max(watch.seconds, 1e-9), loss: nil))
    }
    line.clear()
    let text = json ? Self.json(summary).pretty : text(summary, speed: Double(rows) / watch.seconds)
    // If standard output has the rows, the summary is a log line.
    if output == "-" { line.event(text) } else { try StandardStream.output.print(text) }
  }

  /// Refuses to replace a file of a run, and to write two things into one file.
  private func checkOutputs() throws {
    if output != "-" { try OutputCheck().check(output, "--output") }
    guard let truth else { return }
    try OutputCheck().check(truth, "--truth")
    guard !OutputCheck.areOneFile(output, truth) else {
      throw RefusedOutput(option: "--truth", path: truth, reason: "is the file of --output")
    }
  }

  private func text(_ summary: SyntheticSummary, speed: Double) -> String {
    """
    \(output): \(summary.rows) rows, click rate \(Readable.percent(summary.clickRate)), \
    \(Readable.count(speed)) rows/s
    best attainable, by the true probabilities: AUC \(Readable.metric(summary.bestAUC)), \
    Logloss \(Readable.metric(summary.bestLogloss))
    """
  }

  private static func json(_ summary: SyntheticSummary) -> JSONValue {
    .object([
      ("rows", .integer(summary.rows)), ("positives", .integer(summary.clicks)),
      ("click_rate", .number(summary.clickRate)), ("best_AUC", .optional(summary.bestAUC)),
      ("best_logloss", .number(summary.bestLogloss)),
    ])
  }
}

extension SyntheticLog.Preset: ExpressibleByArgument {}
