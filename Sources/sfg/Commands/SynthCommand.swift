import ArgumentParser
import ClickData
import Platform

/// Makes clicks up.
struct SynthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synth", abstract: "Makes a click log of any size, from a seed.")

  @Option(help: "The data set whose shape is imitated.")
  var preset: SyntheticLog.Preset

  @Option(help: "How many rows are made.")
  var rows: Int

  @Option(help: "Chooses one of the possible worlds.")
  var seed: UInt64 = 1

  @Option(help: "The row to start with, for a later part of the same world.")
  var firstRow: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Where the rows go, gzipped where the name ends in .gz; \"-\" is standard output.",
      valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Where the true click probabilities go.", valueName: "file"))
  var truth: String?

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    let most = 1 << 57
    guard (1..<most).contains(rows), firstRow < UInt64(most) else {
      throw ValidationError("'--rows' and '--first-row' take numbers from 1 and 0 to 2⁵⁷ − 1.")
    }
    guard truth != output else {
      throw ValidationError("'--output' and '--truth' name the same file; give it two names.")
    }
    guard !json || output != "-" else {
      throw ValidationError("'--json' and '--output -' would both write to standard output.")
    }
  }

  func run() throws {
    Interruption.listen()
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let summary = try SyntheticLog(preset: preset, seed: seed).write(
      rows: rows, firstRow: firstRow, to: output, truth: truth, pool: threads.makePool()
    ) { done in
      guard !Interruption.isAsked else { throw Interrupted(work: output) }
      line.update(
        Progress(
          label: "synth", rows: done, totalRows: rows, fraction: nil,
          rowsPerSecond: Double(done) / max(watch.seconds, 1e-9), loss: nil))
    }
    line.clear()
    let speed = Double(rows) / watch.seconds
    let text =
      json
      ? SummaryText.json(summary).pretty : SummaryText.text(summary, path: output, speed: speed)
    // Rows on standard output are the result, and what is said of them is not.
    if output == "-" { line.event(text) } else { try StandardStream.output.print(text) }
  }
}

extension SyntheticLog.Preset: ExpressibleByArgument {}
