import ClickData
import Configuration
import LinearAlgebra
import Models
import Platform
import Training

/// What a run takes, computed from its configuration and the encodings of its data.
struct RunEstimate {
  /// Elements of all parameters.
  let parameters: Int
  /// Floating-point operations of training, per row.
  let operations: Int
  /// Training rows of an epoch; nil for pipes.
  let rows: Int?
  /// The most epochs.
  let epochs: Int
  let memory: Int

  init(_ run: SweepRun, _ data: SweepData, threads: Int) {
    let (model, training) = (run.configuration.model, run.configuration.training)
    let pool = WorkerPool(threads: 1)
    let outline = CTRModel.unallocated(
      schema: data.encoder.schema, settings: model, batchCapacity: 1, pool: pool)
    parameters = outline.parameterCount
    operations = 3 * (outline.productOperations + outline.interactionOperations)
    rows = data.dataset.estimatedRows(of: .train)
    epochs = training.epochs
    memory =
      MemoryNeed(
        schema: data.encoder.schema, model: model, training: training,
        readingBytes: data.dataset.readAheadBytes(of: .train),
        evaluatedRows: [.valid, .test].compactMap(data.dataset.estimatedRows).max() ?? 0,
        residentBytes: Machine.residentBytes, pool: pool
      ).total + (threads - 1) * Self.threadBytes
  }

  private static let threadBytes = 1 << 20
  /// What a thread computes per second: 80 GFLOP with AVX-512, by the sweeps of the findings.
  ///
  /// A rough figure, corrected by runs that have finished.
  private static let operationsPerSecond = 2.5e9 * Double(ProductPrecision.columnsAtOnce)
  /// The time of a row that does not depend on the model: reading, lookups, updates.
  private static let secondsPerRow = 3.5e-6

  /// Seconds of an epoch on one thread.
  var secondsPerEpoch: Double {
    Double(rows ?? 0) * (Double(operations) / Self.operationsPerSecond + Self.secondsPerRow)
  }

  /// Seconds of all epochs on one thread.
  var seconds: Double { Double(epochs) * secondsPerEpoch }

  /// The bytes of the weights that a finished run keeps.
  var checkpointBytes: Int { parameters * MemoryLayout<Float>.size }
}

/// What a sweep takes: the text of a dry run.
struct SweepEstimate {
  let sweep: Sweep
  /// The groups of the sweep, or of one of its tasks.
  let groups: [SweepGroup]
  /// By the names of runs.
  let runs: [String: RunEstimate]
  let limits: ChildPool.Limits
  /// The runs that have finished, and how much longer than estimated they took; nil for none.
  let finished: Int
  let correction: Double?

  /// The most runs that are trained, given that a search tries one seed.
  static func trained(_ groups: [SweepGroup]) -> [SweepRun] {
    var names: Set<String> = []
    return groups.flatMap { group in
      // Any candidate may be the chosen one; all cost about the same.
      group.candidates.map { $0.runs[0] } + group.candidates[0].runs.dropFirst()
    }.filter { names.insert($0.name).inserted }
  }

  /// The seconds that runs take side by side, at most.
  func seconds(of runs: [SweepRun]) -> Double {
    let alone = runs.reduce(0) { $0 + (self.runs[$1.name]?.seconds ?? 0) }
    return alone * (correction ?? 1) / Double(limits.jobs * limits.threads)
  }

  /// One line per model and values, then the totals.
  var text: String {
    var table = TextTable([
      "model": .left, "runs": .right, "candidates": .right, "parameters": .right,
      "FLOP/row": .right, "memory": .right,
    ])
    for group in groups {
      guard let run = runs[group.candidates[0].runs[0].name] else { continue }
      let count = group.candidates.count
      let name = ([group.model] + group.values.map(\.text)).joined(separator: " ")
      table.add(
        name, "\(count + group.candidates[0].runs.count - 1)", count > 1 ? "\(count)" : "–",
        Readable.count(run.parameters), Readable.count(run.operations),
        "\(Readable.count(run.memory))B")
    }
    return "\(table)\n\(totals.joined(separator: "\n"))"
  }

  private var totals: [String] {
    let trained = Self.trained(groups)
    let estimates = trained.compactMap { runs[$0.name] }
    let operations = estimates.reduce(0.0) {
      $0 + Double($1.operations) * Double($1.rows ?? 0) * Double($1.epochs)
    }
    let largest = estimates.map(\.memory).max() ?? 0
    let epochs = Set(estimates.map(\.epochs)).sorted()
    let merged = sweep.cells - sweep.runs.count
    let names = groups.flatMap(\.candidates).flatMap(\.runs).map(\.name)
    let searched = Set(names).count - trained.count
    return [
      "cells: \(sweep.cells), of which \(merged) train the same as another",
      "runs: \(trained.count)"
        + (searched > 0 ? "; a search chooses which \(searched) are left out" : "")
        + (finished > 0 ? "; \(finished) finished" : ""),
      "operations: \(Readable.number(operations, digits: 3)) FLOP for at most "
        + (epochs.count == 1 ? "\(epochs[0])" : "\(epochs.first ?? 0) to \(epochs.last ?? 0)")
        + " epochs",
      "memory: \(Readable.count(largest))B per run at most, \(limits.jobs) at once: "
        + "\(Readable.count(largest * limits.jobs))B of \(Readable.count(limits.bytes))B",
      "disk: \(Readable.count(estimates.reduce(0) { $0 + $1.checkpointBytes }))B of weights, "
        + "\(Readable.count(3 * limits.jobs * (estimates.map(\.checkpointBytes).max() ?? 0)))B while "
        + "training, and the encoded rows once",
      "time: at most about \(Readable.duration(seconds(of: trained))) with \(limits.jobs) × "
        + "\(limits.threads) threads, "
        + (correction == nil ? "a rough figure" : "by the speed of finished runs"),
    ]
  }
}
