import ClickData
import LinearAlgebra
import Models
import Platform

/// What computes the logits of batches that are evaluated.
public protocol LogitSource {
  /// The threads that compute.
  var pool: WorkerPool { get }
  /// What is added to the logits, as `CTRModel` has it.
  var logitShift: Double { get }
  /// The logits of a batch, `[rows, 1]`, valid until the next call.
  func logits(of batch: EncodedBatch) throws -> MatrixView
}

extension CTRModel: LogitSource {
  /// The logits of an evaluation.
  public func logits(of batch: EncodedBatch) -> MatrixView { forward(batch) }
}
