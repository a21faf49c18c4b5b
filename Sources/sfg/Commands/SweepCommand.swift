import Analysis
import ArgumentParser
import ClickData
import Configuration
import Foundation
import Platform

/// Trains the models of a table, with all seeds and searched values, and writes the table.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train a grid of models, seeds and searched values, and write its tables.")

  @Option(help: ArgumentHelp("File of the sweep, in YAML.", valueName: "file"), completion: .yaml)
  var config: String

  @Option(
    help: ArgumentHelp(
      "Runs that train at once; auto fits them to processors and memory.", valueName: "n|auto"),
    completion: .list(["auto"]))
  var jobs = JobCount.auto

  @Flag(help: "Print the runs and what they take; train and write nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Train the K-th of N parts, as one of several processes or machines that share the folder.",
      valueName: "k/n"))
  var task: TaskShare?

  @Flag(help: "Write the tables from the runs that have finished; train nothing.")
  var report = false

  @Option(
    help: ArgumentHelp("Folder of the runs and tables. (default: runs/NAME)", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Number of compute threads of all runs together. (default: the processors available)"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Memory of all runs together, such as 24G. (default: the machine's memory)",
      valueName: "bytes"))
  var memoryLimit: ByteCount?

  func validate() throws {
    try output.map { try FolderOption.check($0, "--output") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("'--threads' takes a number from 1 to 1024, found \(threads).")
    }
    let modes = [(dryRun, "--dry-run"), (report, "--report"), (task != nil, "--task")]
      .filter(\.0).map(\.1)
    guard modes.count > 1, modes != ["--dry-run", "--task"] else { return }
    throw ValidationError(
      "'\(modes[0])' and '\(modes[1])' are mutually exclusive; give one of them.")
  }

  func run() throws {
    if task == nil { try SingleProcessCheck.require("sweep") }
    Interruption.listen()
    let line = ProgressLine()
    let sweep = try Sweep(file: config)
    let folder = SweepFolder(path: output ?? "runs/\(sweep.name)")
    let groups = task?.part(of: sweep.groups) ?? sweep.groups
    let data = Dictionary(sweep.runs.map { ($0.configuration.dataName, $0.configuration.dataset) })
    {
      first, _ in first
    }
    for dataset in data.values {
      try OutputCheck(reading: dataset, configurations: [config])
        .checkFolder(folder.path, "--output")
    }
    try folder.check(sweep.runs)
    guard !report else { return try write(sweep, folder, limits(needing: 0, groups), line) }
    let estimate = try estimate(sweep, groups, folder, line)
    guard !dryRun else {
      line.clear()
      return try StandardStream.output.print(estimate.text)
    }
    let training = SweepTraining(sweep, groups: groups, in: folder, estimate, line)
    try training.run()
    if SweepJudge.isComplete(sweep, folder) {
      try write(sweep, folder, estimate.limits, line)
    } else {
      try StandardStream.output.print(
        "\(folder.path): other tasks are not done; the last one writes the tables, or sfg sweep --report"
      )
    }
    let failed = training.failed
    guard failed.isEmpty else { throw FailedRuns(folder: folder, runs: failed) }
  }

  /// Encodes what is scanned, once per data, and computes what every run takes.
  private func estimate(
    _ sweep: Sweep, _ groups: [SweepGroup], _ folder: SweepFolder, _ line: ProgressLine
  ) throws -> SweepEstimate {
    var data: [String: SweepData] = [:]
    var runs: [String: RunEstimate] = [:]
    var speeds: [Double] = []
    let cores = threads ?? Machine.processors
    for run in sweep.runs {
      let name = run.configuration.dataName
      let opened =
        try data[name]
        ?? SweepData(
          run.configuration, in: dryRun ? nil : folder.encoder(name), line)
      data[name] = opened
      runs[run.name] = RunEstimate(run, opened, threads: cores)
    }
    let limits = limits(needing: runs.values.map(\.memory).max() ?? 0, groups)
    for run in sweep.runs {
      guard let estimate = runs[run.name], estimate.secondsPerEpoch > 0, let rows = estimate.rows,
        let facts = SweepRunFacts(folder.run(run)),
        // An earlier version recorded wall time alone.
        let speed = facts.rowsPerProcessorSecond
          ?? facts.rowsPerSecond.map({ $0 / Double(limits.threads) })
      else { continue }
      speeds.append(Double(rows) / speed / estimate.secondsPerEpoch)
    }
    return SweepEstimate(
      sweep: sweep, groups: groups, runs: runs, limits: limits,
      finished: sweep.runs.count { folder.run($0).isFinished },
      correction: speeds.isEmpty ? nil : speeds.sorted()[speeds.count / 2])
  }

  private func limits(needing bytes: Int, _ groups: [SweepGroup]) -> ChildPool.Limits {
    let cores = threads ?? Machine.processors
    let memory = min(
      memoryLimit?.bytes ?? .max, ControlGroups().memoryBytes ?? .max,
      Int(clamping: ProcessInfo.processInfo.physicalMemory))
    let runs = SweepEstimate.trained(groups).count
    let jobs = jobs.number ?? max(1, min(cores, runs, bytes > 0 ? memory / bytes : cores))
    return ChildPool.Limits(jobs: jobs, threads: max(1, cores / jobs), bytes: memory)
  }

  private func write(
    _ sweep: Sweep, _ folder: SweepFolder, _ limits: ChildPool.Limits, _ line: ProgressLine
  ) throws {
    guard sweep.runs.contains(where: { folder.run($0).isFinished }) else {
      throw NoFinishedRun(path: folder.path)
    }
    let judge = SweepJudge(sweep: sweep, folder: folder, limits: limits, line: line)
    let results: SweepResults
    do {
      results = try judge.results()
    } catch is Interrupted {
      // The runs are finished; only their comparison starts again.
      throw StoppedSweep()
    }
    let report = SweepReport(results)
    try report.write(to: folder.path)
    try StandardStream.output.print(
      "\(TextTable(report.overview))\n"
        + report.cautions.map { "note: \($0)\n" }.joined() + "report: \(folder.path)/report.html\n"
        + "table:  \(folder.path)/table.md, table.tex, table.csv")
  }
}

/// The number of runs that train at once.
enum JobCount: ExpressibleByArgument, Equatable {
  case auto
  case exactly(Int)

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else if let number = Int(argument), (1...1024).contains(number) {
      self = .exactly(number)
    } else {
      return nil
    }
  }

  /// Nil where it depends on the machine.
  var number: Int? { if case .exactly(let number) = self { number } else { nil } }
  var defaultValueDescription: String { "auto" }
}

/// One of several parts of a sweep.
struct TaskShare: ExpressibleByArgument, Equatable {
  let index: Int
  let count: Int

  init?(argument: String) {
    let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1], index >= 1,
      index <= count
    else { return nil }
    (self.index, self.count) = (index, count)
  }

  /// Every `count`-th group; without a search, every `count`-th run.
  func part(of groups: [SweepGroup]) -> [SweepGroup] {
    let units = groups.flatMap { group -> [SweepGroup] in
      guard group.candidates.count == 1 else { return [group] }
      return group.candidates[0].runs.map { run in
        SweepGroup(
          model: group.model, values: group.values,
          candidates: [SweepCandidate(values: group.candidates[0].values, runs: [run])])
      }
    }
    return units.enumerated().filter { $0.offset % count == index - 1 }.map(\.element)
  }
}

/// Some runs of a sweep failed.
struct FailedRuns: Failure {
  let folder: SweepFolder
  let runs: [SweepRun]
  var status: FailureStatus { .internalError }
  var description: String {
    "sweep: \(runs.count) \(runs.count == 1 ? "run" : "runs") failed, the first of them "
      + "\(runs[0].name): \(folder.recordedFailure(runs[0]) ?? "see \(folder.log(runs[0]))"); "
      + "the same command tries again"
  }
}

/// A sweep has no run for a table.
struct NoFinishedRun: Failure, Equatable {
  let path: String
  var status: FailureStatus { .missingInput }
  var description: String {
    "\(path): no run of the sweep has finished; run sfg sweep without --report first"
  }
}
