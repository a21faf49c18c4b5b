import ClickData
import Cluster
import LinearAlgebra
import Models
import Platform

/// A model and its optimizer as rank 0 trains them: it tells the other ranks what to do, and does
/// it with them.
///
/// Only rank 0 reads data, writes the run's folder and decides; `RankFollower` is what the others
/// run. In one process every call is the model's or the optimizer's own.
public final class RankLeader {
  /// The model.
  public var model: CTRModel { steps.model }
  /// The optimizer.
  public var optimizer: any Optimizer { steps.optimizer }
  /// The ranks.
  public let collectives: any Collectives
  private let steps: RankedSteps
  private let message = MessageBuffer()

  /// Trains a model in one process.
  public init(_ model: CTRModel, settings: TrainingSettings) {
    collectives = SingleProcess()
    steps = RankedSteps(model, settings: settings, collectives)
  }

  /// Trains a model over all ranks, each of which makes the same one: `make` receives the part of a
  /// batch that this rank computes, the others also the text of the configuration.
  public init(
    over collectives: any Collectives, configuration: String, settings: TrainingSettings,
    schema: [FieldSchema], _ make: (BatchShare) -> CTRModel
  ) throws {
    self.collectives = collectives
    if collectives.ranks > 1 {
      message.append(RankCommand.model)
      try ModelOrder(configuration: configuration, schema: schema).append(to: message)
      try collectives.broadcast(message, from: 0)
    }
    steps = RankedSteps(
      make(BatchShare(collectives.ranks > 1 ? RankSums(collectives) : nil)), settings: settings,
      collectives)
  }

  /// Forward, loss and backward; returns the mean loss of the batch, and the logits of the rows
  /// that this rank has computed.
  func backward(
    _ batch: EncodedBatch, weight: Double, learningRate: Double
  ) throws -> (loss: Double, logits: MatrixView) {
    try send(.step) {
      $0.append(
        StepOrder(steps: optimizer.steps, learningRate: learningRate, weight: weight))
      $0.append(batch)
    }
    return try steps.backward(batch, weight: weight)
  }

  /// The optimizer's step, with the learning rate of the batch.
  func update(learningRate: Double) throws { try steps.update(learningRate: learningRate) }

  /// Gives all ranks the values that were loaded into this one's model and optimizer.
  func valuesWereLoaded() throws {
    try send(.replace) { _ in }
    try SharedState(model, optimizer, collectives).replace()
  }

  /// The largest amount of memory that each rank has used so far, in bytes, by rank.
  func peakMemory() throws -> [Int] {
    try send(.measure) { _ in }
    return try steps.peakMemory()
  }

  /// Ends the other ranks' work.
  public static func end(over collectives: any Collectives) throws {
    let message = MessageBuffer()
    message.append(RankCommand.end)
    try collectives.broadcast(message, from: 0)
  }

  private func send(_ command: RankCommand, _ fill: (MessageBuffer) -> Void) throws {
    guard collectives.ranks > 1 else { return }
    message.clear()
    message.append(command)
    fill(message)
    try collectives.broadcast(message, from: 0)
  }
}

extension RankLeader: LogitSource {
  /// The threads that compute.
  public var pool: WorkerPool { model.pool }
  /// What is added to the logits.
  public var logitShift: Double { model.logitShift }

  /// The logits of a batch, of which each rank computes a part.
  public func logits(of batch: EncodedBatch) throws -> MatrixView {
    try send(.evaluate) { $0.append(batch) }
    return try steps.evaluate(batch)
  }
}
