import ClickData
import Cluster
import LinearAlgebra
import Models
import Platform

/// A model, its optimizer and their steps, each computed by all ranks: what every rank runs.
///
/// Every rank makes the same calls with the same whole batches and computes its pieces of them. One
/// process computes all of them, without copies and messages.
final class RankedSteps {
  let model: CTRModel
  let optimizer: any Optimizer
  private let collectives: any Collectives
  private let exchange: GradientExchange
  private let logitGradient: Matrix
  /// The rows that this rank computes, where others compute the rest.
  private let part: ReceivedBatch
  /// The logits of all ranks' rows.
  private let logits: Matrix

  /// The model's share is that of the same collectives.
  init(_ model: CTRModel, settings: TrainingSettings, _ collectives: any Collectives) {
    self.model = model
    self.collectives = collectives
    optimizer = settings.makeOptimizer(for: model.parameters, pool: model.pool)
    exchange = GradientExchange(model, collectives)
    logitGradient = Matrix(rows: settings.batchSize, columns: 1)
    part = ReceivedBatch(capacity: settings.batchSize, schema: model.schema)
    logits = Matrix(rows: collectives.ranks > 1 ? settings.batchSize : 0, columns: 1)
  }

  /// Forward, loss and backward of a batch whose rows weigh `weight` together; its mean loss, the
  /// same on all ranks.
  ///
  /// The gradients are those of the whole batch, unless the loss is not finite.
  func backward(_ batch: EncodedBatch, weight: Double) throws -> (loss: Double, logits: MatrixView)
  {
    let own = ownRows(of: batch)
    let logits = model.forward(own, .training(step: optimizer.steps + 1), of: batch)
    let gradient = logitGradient.view.rows(0..<own.rows)
    let loss = BinaryCrossEntropy.forward(
      logits: logits, labels: own.labels, weights: own.weights, gradient: gradient,
      share: model.share, total: weight, pool: model.pool)
    try model.share.check()
    guard loss.isFinite else { return (loss, logits) }
    model.backwardOfShare(gradient)
    try model.share.check()
    try exchange.run()
    model.addPieces()
    return (loss, logits)
  }

  /// One step of the optimizer; the gradients are zero afterwards.
  func update(learningRate: Double) throws {
    try optimizer.step(learningRate: learningRate)
    model.zeroGradients()
  }

  /// The logits of a batch that is evaluated, `[rows, 1]`, on all ranks.
  func evaluate(_ batch: EncodedBatch) throws -> MatrixView {
    guard collectives.ranks > 1 else { return model.forward(batch) }
    let pieces = BatchPieces(rows: batch.rows)
    let parts = (0..<collectives.ranks).map { rank in
      let own = BatchShare.pieces(of: pieces, part: rank, of: collectives.ranks)
      return own.isEmpty
        ? 0..<0 : pieces[own.lowerBound].lowerBound..<pieces[own.upperBound - 1].upperBound
    }
    let own = parts[collectives.rank]
    if !own.isEmpty {
      let found = model.forward(part.copy(own, of: batch))
      logits.view.rows(own).copy(from: found)
    }
    var span = UnsafeMutableBufferPointer(start: logits.base, count: batch.rows).mutableSpan
    try collectives.allGather(&span, Slices(lengths: parts.map(\.count)))
    return logits.view.rows(0..<batch.rows)
  }

  /// The largest amount of memory that each rank has used, in bytes; on rank 0, empty elsewhere.
  func peakMemory() throws -> [Int] {
    let own = MessageBuffer()
    own.append(Int64(PeakMemory.bytes ?? 0))
    let all = (0..<collectives.ranks).map { _ in MessageBuffer() }
    try collectives.gather(own, into: all)
    guard collectives.rank == 0 else { return [] }
    return all.map { message in
      var reader = MessageReader(message)
      return Int(reader.element(Int64.self))
    }
  }

  private func ownRows(of batch: EncodedBatch) -> EncodedBatch {
    guard collectives.ranks > 1 else { return batch }
    model.share.begin(batch: batch.rows)
    return part.copy(model.share.rows, of: batch)
  }
}
