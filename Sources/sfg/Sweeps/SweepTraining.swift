import Configuration
import Foundation
import Platform
import Training

/// Trains the runs of a sweep, or of one of its tasks.
final class SweepTraining {
  private let sweep: Sweep
  private let groups: [SweepGroup]
  private let folder: SweepFolder
  private let estimate: SweepEstimate
  private let line: ProgressLine
  private let pool: ChildPool
  private let watch = Stopwatch()
  private var states: [String: SweepRunState] = [:]
  private static let busySeconds = 1.0
  /// When a run that another process trains may be tried again.
  private var busyUntil: [String: Double] = [:]
  private var secondsDone = 0.0
  private var prepared: Set<String> = []

  init(
    _ sweep: Sweep, groups: [SweepGroup], in folder: SweepFolder, _ estimate: SweepEstimate,
    _ line: ProgressLine
  ) {
    (self.sweep, self.groups, self.folder) = (sweep, groups, folder)
    (self.estimate, self.line) = (estimate, line)
    pool = ChildPool(estimate.limits)
    for run in groups.flatMap(\.candidates).flatMap(\.runs) {
      states[run.name] = folder.state(run)
    }
  }

  /// Trains everything that has not been trained; failures are recorded, and the others go on.
  func run() throws {
    try pool.run(
      next: { try self.next() }, wait: { self.line.update(self.progress) },
      ended: { try self.record($0) })
    line.clear()
    for group in groups { try dropCheckpoints(of: group) }
  }

  /// The runs that failed.
  var failed: [SweepRun] { needed.filter { states[$0.name] == .failed } }

  /// The runs that are trained, as far as a search has decided it.
  private var needed: [SweepRun] {
    var names: Set<String> = []
    return groups.flatMap { group -> [SweepRun] in
      let chosen =
        if case .chosen(let index) = group.next(sweep.halving, state) { index } else { 0 }
      return group.candidates.map { $0.runs[0] } + group.candidates[chosen].runs.dropFirst()
    }.filter { names.insert($0.name).inserted }
  }

  private func state(_ run: SweepRun) -> SweepRunState { states[run.name] ?? .untrained }

  /// What may be trained now, in the order of the table.
  private var steps: [SweepStep] {
    var seen: Set<String> = []
    return groups.flatMap { group -> [SweepStep] in
      guard case .train(let steps) = group.next(sweep.halving, state) else { return [] }
      return steps.filter { seen.insert($0.run.name).inserted }
    }
  }

  /// The jobs that may start; nil where everything has been trained.
  private func next() throws -> [ChildPool.Job]? {
    // What another process was training may have finished.
    for (name, time) in busyUntil where time <= watch.seconds {
      busyUntil[name] = nil
      if let run = run(name) { states[name] = folder.state(run) }
    }
    let steps = steps
    guard !steps.isEmpty else { return nil }
    return try steps.filter { busyUntil[$0.run.name] == nil }.map(job)
  }

  private func job(_ step: SweepStep) throws -> ChildPool.Job {
    let run = step.run
    if prepared.insert(run.name).inserted { try folder.prepare(run) }
    var arguments = [
      "train", "--config", folder.cell(run), "--output", folder.run(run).path, "--resume",
      "--threads", "\(pool.limits.threads)", "--encoder",
      folder.encoder(run.configuration.dataName),
    ]
    if step.isPartial {
      arguments += ["--set", "training.epochs=\(step.epochs)", "--set", "training.keep_last=true"]
    }
    return ChildPool.Job(
      name: run.name, arguments: arguments, log: folder.log(run),
      bytes: estimate.runs[run.name]?.memory ?? 0)
  }

  private func record(_ ended: ChildPool.Ended) throws {
    guard let run = run(ended.job.name) else { return }
    states[run.name] = folder.state(run)
    guard !ended.ending.isSuccess else {
      secondsDone += estimate.runs[run.name]?.seconds ?? 0
      return line.event(sentence(run, ended.seconds))
    }
    guard !Interruption.isRequested else { return }
    let reason = ended.ending.reason(log: ended.job.log)
    guard !reason.contains(BusyFolder.sign) else {
      busyUntil[run.name] = watch.seconds + Self.busySeconds
      return
    }
    states[run.name] = .failed
    try AtomicFile.write(reason + "\n", to: folder.failure(run))
    line.event("failed: \(run.name): \(reason)")
  }

  private func run(_ name: String) -> SweepRun? { sweep.runs.first { $0.name == name } }

  private func sentence(_ run: SweepRun, _ seconds: Double) -> String {
    let facts = SweepRunFacts(folder.run(run))
    return "trained \(run.name): valid AUC \(Readable.metric(facts?.validAUC, decimals: 5)) · "
      + Readable.duration(seconds)
  }

  /// Removes what only more epochs of a candidate that was given up would need.
  private func dropCheckpoints(of group: SweepGroup) throws {
    guard sweep.halving != nil, case .chosen = group.next(sweep.halving, state) else { return }
    for run in group.candidates.map({ $0.runs[0] })
    where !run.configuration.training.keepLast && folder.run(run).isFinished {
      try folder.run(run).dropLast()
    }
  }

  private var progress: Progress {
    let all = needed
    let done = all.count { if case .trained = state($0) { true } else { false } }
    let open = all.filter { state($0) == .untrained }
    let rate = secondsDone / max(watch.seconds, 1e-9)
    let left = open.reduce(0) { $0 + (estimate.runs[$1.name]?.seconds ?? 0) }
    var label = "\(done) of \(all.count) runs · \(pool.names.count) training"
    if !failed.isEmpty { label += " · \(failed.count) failed" }
    let seconds = rate > 0 ? left / rate : estimate.seconds(of: open)
    if seconds > 0 { label += " · \(rate > 0 ? "" : "at most ")\(Readable.duration(seconds)) left" }
    return Progress(label: label, rows: 0, rowsPerSecond: 0)
  }
}
