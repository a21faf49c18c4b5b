import ClickData
import Cluster
import Configuration
import LinearAlgebra
import Models
import Platform
import Training

/// What a rank other than 0 does while rank 0 trains: it needs neither data nor files.
struct TrainingFollower {
  private let ranks: any Collectives
  private let threads: Int

  init(_ ranks: any Collectives, threads: Int) {
    self.ranks = ranks
    self.threads = threads
  }

  /// Follows until rank 0 has finished.
  func run() throws {
    let pool = WorkerPool(threads: threads)
    try RankFollower(ranks) { text, schema, share in
      let configuration = try RunConfiguration(yaml: text, name: "the configuration of rank 0")
      return (configuration.makeModel(schema, share: share, pool), configuration.training)
    }.run()
  }

  /// Throws `RankCountFailure` unless a batch has as many pieces as there are ranks.
  static func check(_ ranks: any Collectives, _ configuration: RunConfiguration) throws {
    _ = try RankTree(
      ranks: ranks.ranks, leaves: BatchPieces.count(rows: configuration.training.batchSize))
  }
}

extension RunConfiguration {
  /// The model of these fields, for the rows of a share: the same on every rank.
  func makeModel(_ schema: [FieldSchema], share: BatchShare, _ pool: WorkerPool) -> CTRModel {
    let model = CTRModel(
      schema: schema, settings: self.model, batchCapacity: training.batchSize,
      seed: UInt64(bitPattern: Int64(training.seed)), rowHistory: training.rowHistory,
      share: share, precision: training.precision, regularizers: training.regularizers, pool: pool)
    model.logitShift = dataset.logitShift
    return model
  }
}
