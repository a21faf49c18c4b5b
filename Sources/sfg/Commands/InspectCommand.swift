import ArgumentParser
import ClickData
import Platform

/// Says what is in the data that a configuration names.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Counts what is in the data: rows, click rate, and per field what it holds.")

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  func run() throws {
    let configuration = try configuration.read()
    let dataset = try Dataset(settings: configuration.dataset, features: configuration.features)
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let summary = try dataset.inspect(.train) { reading in
      line.update(TrainingReporter.progress(reading, label: "inspect", seconds: watch.seconds))
    }
    line.clear()
    print(json ? SummaryText.json(summary).pretty : SummaryText.table(summary))
  }
}
