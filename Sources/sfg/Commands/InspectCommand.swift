import Analysis
import ArgumentParser
import ClickData
import Platform

/// Says what is in the data that a configuration names.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Says what is in the data: rows, click rate, per field what it holds, and what is odd.")

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Prints one JSON object and nothing else.")
  var json = false

  @Option(help: ArgumentHelp("Writes a page with all of it.", valueName: "file.html"))
  var report: String?

  func run() throws {
    let configuration = try configuration.read()
    let dataset = try Dataset(settings: configuration.dataset, features: configuration.features)
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let inspection = try dataset.inspection { reading in
      line.update(TrainingReporter.progress(reading, label: "inspect", seconds: watch.seconds))
    }
    line.clear()
    let text = InspectionText(
      inspection: inspection, areas: try LeakageProbe.areas(inspection), width: Terminal.width)
    try StandardStream.output.print(json ? text.json.pretty : text.text)
    guard let report else { return }
    let page = InspectionPage(
      inspection, areas: text.areas, title: configuration.run,
      notes: InspectionNotes(text).lines)
    try AtomicFile.write(page.text, to: report)
    if !json { try StandardStream.output.print("\nreport: \(report)") }
  }
}
