import ClickData
import Cluster
import LinearAlgebra
import Models

/// What the ranks other than 0 run: they do what rank 0 does with its model, without data and files
/// of their own.
public struct RankFollower {
  /// Makes the model that rank 0 has made, from the text of its configuration and its fields.
  public typealias MakeModel = (
    _ configuration: String, _ schema: [FieldSchema], _ share: BatchShare
  ) throws -> (CTRModel, TrainingSettings)

  private let collectives: any Collectives
  private let make: MakeModel

  /// Follows rank 0.
  public init(_ collectives: any Collectives, _ make: @escaping MakeModel) {
    self.collectives = collectives
    self.make = make
  }

  /// Follows until rank 0 ends the work; throws `ClusterFailure` where a rank has failed.
  public func run() throws {
    let message = MessageBuffer()
    try collectives.broadcast(message, from: 0)
    var reader = MessageReader(message)
    var command = reader.element(RankCommand.self)
    while command == .model {
      command = try follow(try ModelOrder(&reader), message)
      reader = MessageReader(message)
      _ = reader.element(RankCommand.self)
    }
  }

  /// Follows with one model; returns the command that ends its use, whose message follows.
  private func follow(_ order: ModelOrder, _ message: MessageBuffer) throws -> RankCommand {
    let (model, settings) = try make(
      order.configuration, order.schema, BatchShare(RankSums(collectives)))
    let steps = RankedSteps(model, settings: settings, collectives)
    let received = ReceivedBatch(capacity: settings.batchSize, schema: order.schema)
    while true {
      try collectives.broadcast(message, from: 0)
      var reader = MessageReader(message)
      let command = reader.element(RankCommand.self)
      switch command {
      case .step: try step(reader.element(StepOrder.self), received.read(&reader), steps)
      case .evaluate: _ = try steps.evaluate(received.read(&reader))
      case .replace: try SharedState(steps.model, steps.optimizer, collectives).replace()
      case .measure: _ = try steps.peakMemory()
      case .model, .end: return command
      }
    }
  }

  private func step(_ order: StepOrder, _ batch: EncodedBatch, _ steps: RankedSteps) throws {
    if steps.optimizer.steps != order.steps { steps.optimizer.resume(steps: order.steps) }
    do {
      guard try steps.backward(batch, weight: order.weight).loss.isFinite else {
        return try leaveToLeader()
      }
      try steps.update(learningRate: order.learningRate)
    } catch is TrainingFailure {
      try leaveToLeader()
    }
  }

  /// Waits for the failure of rank 0, which has found the same numbers and knows their rows.
  private func leaveToLeader() throws { try collectives.barrier() }
}
