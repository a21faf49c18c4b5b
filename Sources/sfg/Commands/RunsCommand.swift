import ArgumentParser
import Foundation
import Platform

/// Lists the runs below a folder.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs in a folder: model, best epoch, AUC, Logloss, size, age.",
    discussion: """
      AUC and Logloss are those of the test rows, or of the valid rows where there are no others (marked v). A run without \
      results is marked: half-done, which 'sfg train --resume' continues, or begun, which has no checkpoint yet; its \
      metrics are the last ones on valid rows.
      """)

  @Argument(help: ArgumentHelp("Folder of the runs.", valueName: "dir"), completion: .directory)
  var folder = "runs"

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  func validate() throws { try FolderOption.check(folder, "dir") }

  func run() throws {
    let runs = try RunListing.paths(below: folder).map {
      RunListing(of: "\(folder)/\($0)", name: $0)
    }
    let text = RunsText(runs: runs, folder: folder, now: Date())
    try StandardStream.output.print(json ? text.json.pretty : text.table)
  }
}

/// A list of runs as a table, with the names at the end because they may be long, and as JSON.
struct RunsText {
  let runs: [RunListing]
  let folder: String
  let now: Date

  var table: String {
    guard !runs.isEmpty else { return "no runs in \(folder)" }
    var table = TextTable([
      "AUC": .right, "Logloss": .right, "epoch": .right, "model": .left, "size": .right,
      "age": .right, "run": .left,
    ])
    for run in runs {
      let mark = run.split == "valid" ? "v" : " "
      let model = [run.model, run.paradigm.map { String($0.prefix(3)) }].compactMap(\.self)
      table.add(
        run.auc.map { Readable.metric($0) + mark } ?? "",
        run.logloss.map { Readable.metric($0) } ?? "", run.epoch.map(String.init) ?? "",
        model.isEmpty ? "?" : model.joined(separator: " "), Readable.count(run.bytes) + "B",
        age(of: run), PrintableText.of(run.name))
    }
    let others = runs.filter { $0.state != .finished }
    let notes = others.map {
      "\($0.state.rawValue): \(PrintableText.of("\(folder)/\($0.name)"))"
    }
    return ([table.description] + notes).joined(separator: "\n")
  }

  var json: JSONValue {
    .object([
      ("folder", .text(folder)),
      (
        "runs",
        .array(
          runs.map { run in
            .object([
              ("run", .text(run.name)), ("state", .text(run.state.rawValue)),
              ("backbone", run.model.map { .text($0) } ?? .null),
              ("paradigm", run.paradigm.map { .text($0) } ?? .null),
              ("epoch", run.epoch.map { .integer($0) } ?? .null),
              ("split", run.split.map { .text($0) } ?? .null),
              ("AUC", .optional(run.auc)), ("logloss", .optional(run.logloss)),
              ("bytes", .integer(run.bytes)),
              ("age_seconds", .integer(Int(max(0, now.timeIntervalSince(run.changed))))),
            ])
          })
      ),
    ])
  }

  /// The largest unit alone.
  private func age(of run: RunListing) -> String {
    let seconds = max(0, now.timeIntervalSince(run.changed))
    for (unit, length) in [("d", 86_400.0), ("h", 3600), ("m", 60)] where seconds >= length {
      return "\(Int(seconds / length)) \(unit)"
    }
    return "\(Int(seconds)) s"
  }
}
