import Analysis
import ArgumentParser
import ClickData
import Platform
import Training

/// Summarises the data of a configuration.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Summarise the data: rows, click rate, the content of each field, and anomalies.")

  @OptionGroup var configuration: ConfigurationOptions

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  @Option(
    help: ArgumentHelp("Write a page with all findings.", valueName: "file.html"),
    completion: .file(extensions: ["html"]))
  var report: String?

  func run() throws {
    let files = configuration.config
    let configuration = try configuration.read()
    if let report {
      try OutputCheck(reading: configuration.dataset, configurations: files)
        .check(report, "--report")
    }
    let line = ProgressLine(quiet: json)
    let watch = Stopwatch()
    let copies = RunSpool(
      of: "inspect", beside: RunFolder("runs/\(configuration.run)"), line: line)
    let (inspection, split) = try copies.during {
      let dataset = try Dataset(
        settings: configuration.dataset, features: configuration.features, spool: copies.spool)
      SkippedFiles.report(dataset, on: line)
      try dataset.defaultLabel().map { line.event(DefaultLabel.warning($0)) }
      let inspection = try dataset.inspection { reading in
        line.update(TrainingReporter.progress(reading, label: "inspect", seconds: watch.seconds))
        guard Interruption.isRequested else { return }
        line.clear()
        copies.spool.remove()
        ExitStatus.exit(after: Interrupted(work: "inspect"))
      }
      return (inspection, try dataset.splitBoundaries())
    }
    line.clear()
    let text = InspectionText(
      inspection: inspection, areas: try LeakageProbe.areas(inspection), split: split,
      width: Terminal.width)
    try StandardStream.output.print(json ? text.json.pretty : text.text)
    guard let report else { return }
    let page = InspectionPage(
      inspection, areas: text.areas, title: configuration.run,
      notes: text.notes.lines)
    try AtomicFile.write(page.text, to: report)
    if !json { try StandardStream.output.print("\nreport: \(report)") }
  }
}
