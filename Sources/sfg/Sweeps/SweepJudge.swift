import Analysis
import ClickData
import Configuration
import Foundation
import Platform
import Training

/// Gathers what the finished runs of a sweep show, for its tables.
struct SweepJudge {
  let sweep: Sweep
  let folder: SweepFolder
  let limits: ChildPool.Limits
  let line: ProgressLine

  /// One line of the table, with the runs that count for it.
  private struct Member {
    let group: SweepGroup
    let candidate: SweepCandidate?
    /// Where no run of the group can be chosen yet.
    var runs: [SweepRun] { candidate?.runs ?? [] }
  }

  /// Whether every run has finished or failed: the last task of a sweep writes its tables.
  static func isComplete(_ sweep: Sweep, _ folder: SweepFolder) -> Bool {
    sweep.groups.allSatisfy { group in
      if case .train = group.next(sweep.halving, { state($0, folder) }) { false } else { true }
    }
  }

  /// A recorded failure counts, because the task that recorded it does not try again.
  private static func state(_ run: SweepRun, _ folder: SweepFolder) -> SweepRunState {
    let state = folder.state(run)
    guard state == .untrained, folder.recordedFailure(run) != nil else { return state }
    return .failed
  }

  /// Compares the runs on their held-out rows, which takes a pass over them per run.
  func results() throws -> SweepResults {
    let split = sweep.runs.allSatisfy { $0.configuration.dataset.has(.test) } ? "test" : "valid"
    let members = sweep.groups.map(member)
    let finished = members.flatMap(\.runs).filter { folder.run($0).isFinished }
    let analyses = SweepAnalyses(
      folder: folder, settings: sweep.analyses,
      split: sweep.runs.allSatisfy { $0.configuration.dataset.has(.valid) } ? "valid" : "test")
    try analyses.complete(unique(finished), limits, line)
    var blocks: [SweepResults.Block] = []
    for members in blocked(members) {
      blocks.append(try block(members, analyses, split: split))
    }
    let states = unique(needed(members)).map { ($0, Self.state($0, folder)) }
    var results = SweepResults(
      name: sweep.name, compared: Self.word(sweep.compared), split: split,
      rows: finished.lazy.compactMap { SweepRunFacts(folder.run($0))?.rows }.first,
      blocks: blocks,
      problems: states.filter { $0.1 == .failed }.map {
        .init(run: $0.0.name, reason: folder.recordedFailure($0.0) ?? "")
      }, missing: states.count { $0.1 == .untrained })
    results.recorded = unique(finished).compactMap(recorded)
    results.factors = factors(members, split: split)
    return results
  }

  /// A run as its files describe it; nil where they are damaged.
  private func recorded(_ run: SweepRun) -> RecordedRun? {
    try? RecordedRun.read(folder.run(run).path)
  }

  /// The numeric keys with at least three values: those that vary in the runs of the table, those
  /// that are searched in all candidates, which have one seed in common and validation metrics.
  private func factors(_ members: [Member], split: String) -> [SweepResults.Factor] {
    func numeric(_ values: [SweepValue]) -> [String] {
      var keys: [String] = []
      for key in values.map(\.key) where !keys.contains(key) { keys.append(key) }
      return keys.filter { key in
        let texts = Set(values.filter { $0.key == key }.map(\.text))
        return texts.count > 2 && texts.allSatisfy { Double($0) != nil }
      }
    }
    let table = unique(members.flatMap(\.runs)).filter { folder.run($0).isFinished }
    let varied = numeric(members.flatMap(\.group.values)).map { key in
      SweepResults.Factor(key: key, runs: table.compactMap(recorded), split: split)
    }
    // Candidates that were given up early have trained fewer epochs than the others.
    guard sweep.halving == nil else { return varied }
    let candidates = sweep.groups.flatMap(\.candidates)
    let tried = unique(candidates.compactMap(\.runs.first)).filter { folder.run($0).isFinished }
    return varied
      + numeric(candidates.flatMap(\.values)).map { key in
        SweepResults.Factor(key: key, runs: tried.compactMap(recorded), split: "valid")
      }
  }

  /// The last part of a key; the table's first column is the model already.
  private static func word(_ key: String?) -> String {
    let word = key.map { $0.split(separator: ".").last.map(String.init) ?? $0 }
    return word.map { $0 == "model" ? "variant" : $0 } ?? "variant"
  }

  private func unique(_ runs: [SweepRun]) -> [SweepRun] {
    var names: Set<String> = []
    return runs.filter { names.insert($0.name).inserted }
  }

  private func needed(_ members: [Member]) -> [SweepRun] {
    members.flatMap { member in
      member.group.candidates.count > 1
        ? member.group.candidates.map { $0.runs[0] } + member.runs.dropFirst() : member.runs
    }
  }

  private func member(_ group: SweepGroup) -> Member {
    guard group.candidates.count > 1 else {
      return Member(group: group, candidate: group.candidates[0])
    }
    // With all runs that are left out as failed, the choice is that of those that have finished.
    let decided = group.choice(sweep.halving) { Self.state($0, folder) }
    return Member(group: group, candidate: decided.map { group.candidates[$0] })
  }

  /// The lines that are compared with one another, in the order of the table.
  private func blocked(_ members: [Member]) -> [[Member]] {
    func key(_ group: SweepGroup) -> [String] {
      let rest = group.values.filter { $0.key != sweep.compared }.map(\.text)
      return sweep.compared == nil ? rest : [group.model] + rest
    }
    var blocks: [(key: [String], members: [Member])] = []
    for member in members {
      if let index = blocks.firstIndex(where: { $0.key == key(member.group) }) {
        blocks[index].members.append(member)
      } else {
        blocks.append((key(member.group), [member]))
      }
    }
    return blocks.map(\.members)
  }

  private func block(
    _ members: [Member], _ analyses: SweepAnalyses, split: String
  ) throws -> SweepResults.Block {
    let first = members[0].group
    let rest = first.values.filter { $0.key != sweep.compared }.map {
      "\(Self.word($0.key))=\($0.text)"
    }
    let rows = try EvaluationOptions.parse(["--split", split])
    let pool = WorkerPool(threads: limits.jobs * limits.threads)
    func scores(_ run: SweepRun) throws -> HeldOutScores {
      try RunScores.read(folder.run(run).path, rows, pool, line, quiet: false, work: "sweep")
    }
    func finished(_ member: Member) -> [SweepRun] {
      member.runs.filter { folder.run($0).isFinished }
    }
    var baseline: [String: HeldOutScores] = [:]
    let arms = try members.enumerated().map { index, member in
      let runs = finished(member)
      var arm = SweepResults.Arm(
        label: sweep.compared.map { member.group.text(of: $0) ?? "–" } ?? member.group.model,
        paradigm: member.group.candidates[0].runs[0].configuration.model.paradigm,
        chosen: (member.candidate?.values ?? []).map { ($0.key, $0.text) },
        runs: runs.map { result($0, analyses) },
        expected: member.group.candidates[0].runs.count)
      arm.epochs = member.group.candidates[0].runs[0].configuration.training.epochs
      for value in member.group.candidates.flatMap(\.values) {
        if let place = arm.tried.firstIndex(where: { $0.key == value.key }) {
          arm.tried[place].values.append(value.text)
        } else {
          arm.tried.append((value.key, [value.text]))
        }
      }
      guard members.count > 1 else { return arm }
      var pairs: [(baseline: HeldOutScores, other: HeldOutScores)] = []
      for run in runs {
        let scores = try scores(run)
        if index == 0 { baseline[run.seed ?? ""] = scores }
        if index > 0, let other = baseline[run.seed ?? ""] { pairs.append((other, scores)) }
      }
      line.clear()
      if !pairs.isEmpty { arm.difference = try SeedPairs(pairs) }
      return arm
    }
    return SweepResults.Block(
      name: ((sweep.compared == nil ? [] : [first.model]) + rest).joined(separator: " "), arms: arms
    )
  }

  private func result(_ run: SweepRun, _ analyses: SweepAnalyses) -> SweepResults.Run {
    var result = SweepResults.Run(name: run.name, seed: run.seed)
    let facts = SweepRunFacts(folder.run(run))
    (result.auc, result.logloss) = (facts?.auc, facts?.logloss)
    (result.bestEpoch, result.rowsPerSecond) = (facts?.bestEpoch, facts?.rowsPerSecond)
    result.rowsPerProcessorSecond = facts?.rowsPerProcessorSecond
    (result.embeddingRankMe, result.sourceRankMe) = analyses.rankMe(run)
    (result.ownField, result.crossField) = analyses.correlation(run)
    return result
  }
}
