import Configuration
import Foundation
import Models
import Platform

/// The analyses of finished runs that the tables of a sweep repeat, each run once.
struct SweepAnalyses {
  let folder: SweepFolder
  let settings: SweepAnalysisSettings
  let split: String

  /// The analyses that a backbone has and the sweep wants.
  private func names(of backbone: BackboneKind) -> [String] {
    guard settings.isOn, backbone != .lr else { return [] }
    return backbone.hasOperands ? ["collapse", "redundancy"] : ["collapse"]
  }

  /// Whether an analysis is there, of as many rows as it would read now.
  private func isDone(_ analysis: String, _ run: SweepRun) -> Bool {
    guard access(summary(analysis, run), F_OK) == 0 else { return false }
    guard let available = SweepRunFacts(folder.run(run))?.rows(of: split),
      let analysed = rows(of: analysis, run)
    else { return true }
    return analysed == min(settings.rows, available)
  }

  /// The rows that an analysis read; nil where it is damaged.
  private func rows(of analysis: String, _ run: SweepRun) -> Int? {
    struct Summary: Decodable {
      struct Run: Decodable {
        let rows: Int?
        let representations: [Representation]?
      }
      struct Representation: Decodable {
        let representation: String
        let rows: Int
      }
      let runs: [Run]
    }
    let found = decoded(Summary.self, analysis, run)?.runs.first
    return found?.rows ?? found?.representations?.first { $0.representation == "embedding" }?.rows
  }

  private func summary(_ analysis: String, _ run: SweepRun) -> String {
    "\(folder.run(run).path)/analysis/\(analysis)/summary.json"
  }

  /// Runs what is missing, side by side; a failure leaves the run's numbers undefined.
  func complete(_ runs: [SweepRun], _ limits: ChildPool.Limits, _ line: ProgressLine) throws {
    var open = runs.flatMap { run in
      names(of: run.configuration.model.backbone).filter { !isDone($0, run) }
        .map { (analysis: $0, run: run) }
    }
    let total = open.count
    guard total > 0 else { return }
    func name(_ entry: (analysis: String, run: SweepRun)) -> String {
      "\(entry.analysis) \(entry.run.name)"
    }
    try ChildPool(limits).run(
      next: {
        guard !open.isEmpty else { return nil }
        return open.map { entry in
          ChildPool.Job(
            name: name(entry),
            arguments: [
              "analyze", entry.analysis, "--run", folder.run(entry.run).path, "--split", split,
              "--rows", "\(settings.rows)", "--threads", "\(limits.threads)",
            ], log: folder.log(entry.run), bytes: 0)
        }
      },
      wait: {
        line.update(
          Progress(
            label: "analysing: \(total - open.count) of \(total)", rows: 0, rowsPerSecond: 0))
      },
      ended: { ended in
        open.removeAll { name($0) == ended.job.name }
        guard !ended.ending.isSuccess, !Interruption.isRequested else { return }
        line.event("warning: \(ended.job.name): \(ended.ending.reason(log: ended.job.log))")
      })
    line.clear()
  }

  /// RankMe of the embedding, and of the source of the interactions: of what an encoder generates,
  /// or else of the embedding; nil without an analysis.
  func rankMe(_ run: SweepRun) -> (embedding: Double?, source: Double?) {
    struct Summary: Decodable {
      struct Run: Decodable { let representations: [Representation] }
      struct Representation: Decodable {
        let representation: String
        let rankme: Double?
      }
      let runs: [Run]
    }
    let places: [Summary.Representation] =
      decoded(Summary.self, "collapse", run)?.runs.first?.representations ?? []
    func rankMe(_ name: String) -> Double? { places.first { $0.representation == name }?.rankme }
    return (rankMe("embedding"), rankMe("encoder") ?? rankMe("embedding"))
  }

  /// The mean |r| between the two operands, within fields and between them; nil without an
  /// analysis.
  ///
  /// Within a field, a dimension is not compared with itself, whose correlation is 1 where both
  /// operands are the embedding.
  func correlation(_ run: SweepRun) -> (own: Double?, cross: Double?) {
    struct Summary: Decodable {
      struct Run: Decodable { let between: Matrix }
      struct Matrix: Decodable {
        let mean_own_field: Double?
        let mean_off_own_field: Double?
      }
      let runs: [Run]
    }
    let found = decoded(Summary.self, "redundancy", run)?.runs.first?.between
    return (found?.mean_own_field, found?.mean_off_own_field)
  }

  private func decoded<Summary: Decodable>(
    _ type: Summary.Type, _ analysis: String, _ run: SweepRun
  ) -> Summary? {
    (try? WholeFile.read(summary(analysis, run), .result)).flatMap {
      try? JSONDecoder().decode(type, from: Data($0))
    }
  }
}
